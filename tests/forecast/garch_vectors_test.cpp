// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/garch.hpp>

#include "support/vectors.hpp"
#include <algorithm>
#include <cmath>
#include <vector>

namespace trimtab::forecast {
namespace {

// D1: next and cumulated variance to 1e-13, log-likelihood to 1e-12.
TEST(GarchVectors, EveryRow) {
  test::vector_file file("math/volatility.csv");
  for (const auto& row : file.rows()) {
    const garch model{.omega = test::double_of(row.text("omega")),
                      .alpha = test::double_of(row.text("alpha")),
                      .beta = test::double_of(row.text("beta"))};
    std::vector<double> returns;
    double before = 0.0, squares = 0.0;
    for (const auto& text : row.list("close")) {
      const double close = test::double_of(text);
      if (before > 0.0) returns.push_back(std::log(close / before));
      before = close;
    }
    for (const double r : returns) squares += r * r;
    garch::state_type state{.next = squares / static_cast<double>(returns.size())};
    for (const double r : returns) state = model.step(state, {.log_return = r});
    const double horizon = test::double_of(row.text("H"));

    const auto next = test::relative_error(state.next, test::number_of(row.text("garch_next")));
    const auto total =
        test::relative_error(model.ahead(state.next, horizon).total, test::number_of(row.text("garch_cum_H")));
    const auto through_years =
        test::relative_error(model.variance(state, horizon / 365.0), test::number_of(row.text("garch_cum_H")));
    const auto likelihood =
        test::relative_error(garch_log_likelihood(model, returns), test::number_of(row.text("garch_loglik")));
    EXPECT_LE(next, 1e-13L);
    EXPECT_LE(total, 1e-13L);
    EXPECT_LE(through_years, 1e-13L);
    EXPECT_LE(likelihood, 1e-12L);
    for (const auto error : {next, total, through_years, likelihood}) EXPECT_EQ(error, error);
    file.count(std::max({next, total, likelihood}));
  }
  EXPECT_EQ(file.checked(), file.rows().size());
  file.report();
}

}  // namespace
}  // namespace trimtab::forecast
