// SPDX-License-Identifier: MIT
// math/hf_required.csv: the health from which liquidation has the wanted probability, every row.
#include <gtest/gtest.h>

#include <trimtab/forecast/required_health.hpp>

#include "support/vectors.hpp"
#include <cmath>
#include <limits>

namespace trimtab::forecast {
namespace {

TEST(RequiredHealthVectors, EveryRow) {
  test::vector_file file("math/hf_required.csv");
  constexpr long double unit = std::numeric_limits<double>::epsilon();
  for (const test::row& row : file.rows()) {
    const double p = test::double_of(row.text("p")), growth = test::double_of(row.text("mu")),
                 volatility = test::double_of(row.text("sigma")), years = test::double_of(row.text("T"));
    const motion m{.drift = growth - 0.5 * volatility * volatility, .volatility = volatility};
    const auto x = required_log_health(m, p, years);
    ASSERT_TRUE(x) << name(x.error()) << " p " << p;
    const auto slopes = first_passage_greeks_of(m, *x, years).of_log_hit;
    // What the inputs determine of ln HF: errors of p, and of the drift that μ − ½σ² rounds.
    const long double elasticity = std::fabs(slopes.log_health * *x);
    const long double drift = (std::fabs(growth) + 0.5 * volatility * volatility) * std::fabs(slopes.drift);
    const long double bar =
        unit * (1.0L + (1.0L + drift + std::fabs(slopes.volatility * volatility) + std::fabs(slopes.years * years)) /
                           elasticity);
    const long double error = test::relative_error(*x, test::number_of(row.text("x")));
    EXPECT_LE(error, 16.0L * bar) << "p " << p << ' ' << slopes.log_health << ' ' << *x;
    file.count(error / bar);
    EXPECT_LE(test::relative_error(*required_health(m, p, years), test::number_of(row.text("hf"))),
              2.0L * unit + 16.0L * bar * static_cast<long double>(*x));
    EXPECT_LE(test::relative_error(liquidation_probability(m, *x, years), p), 1e-12L) << p;
  }
  EXPECT_EQ(file.checked(), file.rows().size());
  file.report();
}

}  // namespace
}  // namespace trimtab::forecast
