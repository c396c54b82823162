// SPDX-License-Identifier: MIT
// Weighted pools against swaps executed by the real contract, in raw units.
#include <gtest/gtest.h>

#include <trimtab/liquidity/weighted.hpp>

#include "support/vectors.hpp"
#include <algorithm>
#include <cmath>

namespace trimtab {
namespace {

using liquidity::weighted;
using test::row;
using test::vector_file;

weighted pool_of(const row& r) {
  return {.balance_in = static_cast<double>(r.integer("balance_in")),
          .balance_out = static_cast<double>(r.integer("balance_out")),
          .weight_in = static_cast<double>(r.integer("weight_in")) / 1e18,
          .weight_out = static_cast<double>(r.integer("weight_out")) / 1e18,
          .fee = {static_cast<double>(r.integer("swap_fee")) / 1e14}};
}

// What the contract rounds, all against the trader. Of a given input it takes the fee rounded up to a unit, then rounds
// the output: a unit of either. Of a computed input it rounds up twice, before and after the fee: two units, the first
// grossed up. Its powers it makes worse by 1e-14 of themselves, after computing them to as much: 2e-14 of the balance
// out, or of the balance in times the power, and in 18 decimals another few. The model is within the larger of 1e-12
// and the step of the row, plus that.
TEST(WeightedVectors, EverySwapIsTheContractsWithinItsRounding) {
  vector_file swaps("pools/balancer_weighted.csv");
  std::size_t given_in = 0, given_out = 0, never_worse = 0, compared = 0;
  long double worst = 0.0L;
  for (const row& r : swaps.rows()) {
    const weighted pool = pool_of(r);
    const double amount = static_cast<double>(r.integer("amount_given"));
    const bool in = r.text("kind") == "given_in";
    ASSERT_TRUE(in || r.text("kind") == "given_out");
    EXPECT_EQ(pool.validate(), errc::ok);
    EXPECT_LE(r.integer("weight_in") + r.integer("weight_out"), 1e18L);
    (in ? given_in : given_out) += 1;
    ASSERT_EQ(r.text("status"), "ok");
    EXPECT_LE(amount, (in ? pool.largest_input() : pool.largest_output()) * (1.0 + 1e-12));
    const long double ours = in ? pool.amount_out(amount) : pool.amount_in(amount);
    const long double power = in ? 1.0L : 1.0L + ours / pool.depth();
    const long double rounding = 2e-14L * power * r.integer(in ? "balance_out" : "balance_in");
    const long double step = in ? 1.0L + pool.marginal_price(0.0).value : 1.0L + 1.0L / pool.fee.complement();
    const long double bound = std::max(step, 1e-12L * ours) + rounding;
    long double error = 0.0L;
    for (const char* column : {"result_classic", "result_shortcut"}) {
      const long double theirs = r.integer(column), gap = std::fabs(theirs - ours);
      EXPECT_LE(gap, bound) << column << " " << r.text("kind") << " " << r.text("amount_given") << " " << ours;
      // Against the trader but for what the model itself rounds.
      const long double better = in ? theirs - ours : ours - theirs;
      EXPECT_LE(better, std::max(1.0L, 1e-12L * ours)) << column << " " << r.text("amount_given");
      never_worse += better <= 0.0L ? 1 : 0;
      ++compared;
      error = std::max(error, gap / bound);
    }
    worst = std::max(worst, error);
    swaps.count(error);
  }
  swaps.report();
  std::printf(
      "weighted: %zu given in, %zu given out; %zu numbers, %zu of them not above ours, "
      "worst %.2Lf of the bound\n",
      given_in, given_out, compared, never_worse, worst);
  EXPECT_EQ(swaps.checked(), swaps.rows().size());
  EXPECT_GT(given_in, 0U);
  EXPECT_GT(given_out, 0U);
}

}  // namespace
}  // namespace trimtab
