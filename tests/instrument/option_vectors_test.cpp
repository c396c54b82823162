// SPDX-License-Identifier: MIT
// math/black_scholes.csv: prices, deltas, gamma, vega and log prices of both kinds, every row.
#include <gtest/gtest.h>

#include <trimtab/instrument/option.hpp>

#include "support/vectors.hpp"
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

namespace trimtab::instrument {
namespace {

constexpr long double unit = std::numeric_limits<double>::epsilon();

TEST(OptionVectors, EveryRow) {
  test::vector_file file("math/black_scholes.csv");
  long double worst_out = 0.0L, worst_in = 0.0L, worst_log = 0.0L, worst_parity = 0.0L, worst_greek = 0.0L;
  std::size_t wrong = 0;
  for (const test::row& row : file.rows()) {
    const auto number = [&](const char* column) { return test::number_of(row.text(column)); };
    const double spot = test::double_of(row.text("S")), strike = test::double_of(row.text("K"));
    const auto terms = [&](option_kind kind) {
      return option{.kind = kind,
                    .strike = strike,
                    .volatility = test::double_of(row.text("sigma")),
                    .rate = test::double_of(row.text("r")),
                    .carry = test::double_of(row.text("q")),
                    .expiry = test::double_of(row.text("T"))};
    };
    ASSERT_EQ(terms(option_kind::call).validate(), errc::ok);
    const option_greeks call = terms(option_kind::call).greeks(spot), put = terms(option_kind::put).greeks(spot);
    const long double forward = static_cast<long double>(spot) * std::exp(-number("q") * number("T")),
                      discounted = static_cast<long double>(strike) * std::exp(-number("r") * number("T"));
    const bool call_is_out = forward <= discounted;
    const auto check = [&](const option_greeks& ours, const char* price, const char* delta, const char* log_price,
                           const char* condition, bool out) {
      const long double scale = unit * (1.0L + number(condition));
      // Below the range of normal doubles the price is compared through its logarithm alone.
      if (number(price) >= std::numeric_limits<double>::min()) {
        const long double error = test::relative_error(ours.value, number(price));
        EXPECT_LE(error, (out ? 16.0L : 4.0L) * scale) << price << " " << row.text("S") << " " << row.text("K");
        (out ? worst_out : worst_in) = std::max(out ? worst_out : worst_in, error / scale);
        if (!(error <= 0.01L)) ++wrong;
        const long double slope = test::relative_error(ours.delta, number(delta));
        EXPECT_LE(slope, 16.0L * scale) << delta << " " << row.text("S") << " " << row.text("K");
        worst_greek = std::max(worst_greek, slope / scale);
      }
      const long double log_error = std::fabs(static_cast<long double>(ours.log_value) - number(log_price)) /
                                    std::max(1.0L, std::fabs(number(log_price)));
      EXPECT_LE(log_error, 1e-13L) << log_price << " " << row.text("S");
      worst_log = std::max(worst_log, log_error);
    };
    check(call, "call", "delta_call", "ln_call", "cond_call", call_is_out);
    check(put, "put", "delta_put", "ln_put", "cond_put", !call_is_out);
    const long double scale = unit * (1.0L + number(call_is_out ? "cond_call" : "cond_put"));
    for (const auto& [ours, column] : {std::pair(call.gamma, "gamma"), std::pair(call.vega, "vega")}) {
      if (number(column) < std::numeric_limits<double>::min()) continue;
      const long double error = test::relative_error(ours, number(column));
      EXPECT_LE(error, 16.0L * scale) << column << " " << row.text("S") << " " << row.text("K");
      worst_greek = std::max(worst_greek, error / scale);
    }
    EXPECT_EQ(call.gamma, put.gamma);
    EXPECT_EQ(call.vega, put.vega);
    const long double parity =
        std::fabs(static_cast<long double>(call.value) - static_cast<long double>(put.value) - (forward - discounted)) /
        (unit * std::max(forward, discounted));
    EXPECT_LE(parity, 4.0L) << row.text("S") << " " << row.text("K");
    worst_parity = std::max(worst_parity, parity);
    file.count(test::relative_error(call_is_out ? call.value : put.value, number(call_is_out ? "call" : "put")));
  }
  EXPECT_EQ(wrong, 0U);
  EXPECT_EQ(file.checked(), file.rows().size());
  file.report();
  std::printf(
      "option: out of the money %.2Lf, in %.2Lf, delta gamma vega %.2Lf eps of 1 + condition; parity %.2Lf eps of the "
      "larger leg; log %.2Lg; %zu prices wrong by 1 %%\n",
      worst_out, worst_in, worst_greek, worst_parity, worst_log, wrong);
}

}  // namespace
}  // namespace trimtab::instrument
