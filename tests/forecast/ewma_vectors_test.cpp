// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/ewma.hpp>

#include "support/vectors.hpp"
#include <cmath>

namespace trimtab::forecast {
namespace {

// D1: 1e-13.
TEST(EwmaVectors, EveryRow) {
  test::vector_file file("math/volatility.csv");
  for (const auto& row : file.rows()) {
    const ewma model{.decay = test::double_of(row.text("lambda"))};
    ewma::state_type state;
    double before = 0.0;
    for (const auto& text : row.list("close")) {
      const double close = test::double_of(text);
      if (before > 0.0) state = model.step(state, {.log_return = std::log(close / before)});
      before = close;
    }
    const long double error =
        test::relative_error(model.variance(state, 1.0 / 365.0), test::number_of(row.text("ewma")));
    EXPECT_LE(error, 1e-13L);
    file.count(error);
  }
  EXPECT_EQ(file.checked(), file.rows().size());
  file.report();
}

}  // namespace
}  // namespace trimtab::forecast
