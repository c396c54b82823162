// SPDX-License-Identifier: MIT
// Concentrated positions in all regimes and widths against 40-digit references.
#include <gtest/gtest.h>

#include <trimtab/instrument/range_position.hpp>

#include "support/tolerance.hpp"
#include "support/vectors.hpp"
#include <algorithm>
#include <cmath>

namespace trimtab {
namespace {

using instrument::range_regime;
using test::number_of;
using test::row;

TEST(RangePositionVectors, AgreeWithFortyDigitReferences) {
  test::vector_file file("math/uniswap_v3.csv");
  for (const row& r : file.rows()) {
    const instrument::range_position position{.liquidity = test::double_of(r.text("L")),
                                              .lower = test::double_of(r.text("pa")),
                                              .upper = test::double_of(r.text("pb"))};
    ASSERT_EQ(position.validate(), errc::ok);
    const double u[] = {test::double_of(r.text("p")), 1.0};
    const auto here = position.at<double>(u);
    long double worst = 0.0L;
    const auto check = [&](const char* what, double got, const char* column) {
      const long double expected = number_of(r.text(column)), gap = std::fabs(got - expected);
      const long double error = gap == 0.0L ? 0.0L : gap / std::fabs(expected);
      EXPECT_LE(error, 8.0L * test::tolerance<double>::epsilon) << what << ": " << got << ", expected " << expected;
      EXPECT_EQ(std::signbit(got) && got != 0.0, expected < 0.0L) << what;
      worst = std::max(worst, error);
    };
    check("first token", here.gradient[0], "amount0");
    check("second token", here.gradient[1], "amount1");
    check("value", here.value, "value1");
    check("delta", here.gradient[0], "delta");
    check("gamma", here.gamma(0, 0), "gamma");
    const range_regime regime = position.regime(u[0], u[1]);
    const std::string name = regime == range_regime::below ? "below" : regime == range_regime::above ? "above" : "in";
    EXPECT_EQ(r.text("regime").substr(0, name.size()), name);
    file.count(worst);
  }
  file.report();
  EXPECT_EQ(file.checked(), file.rows().size());
}

}  // namespace
}  // namespace trimtab
