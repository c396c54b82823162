// SPDX-License-Identifier: MIT
// Stable-swap pools against the contracts' own integers, in raw units.
#include <gtest/gtest.h>

#include <trimtab/liquidity/stable_swap.hpp>

#include "support/vectors.hpp"
#include <algorithm>
#include <cmath>

namespace trimtab {
namespace {

using liquidity::stable_pool;
using liquidity::stable_swap;
using test::row;
using test::vector_file;

stable_pool pool_of(const row& r, double a_precision) {
  stable_pool pool{.coins = static_cast<std::size_t>(r.small("n_coins")),
                   .amplification = static_cast<double>(r.integer("amp")) / a_precision,
                   .fee = {static_cast<double>(r.integer("fee")) / 1e6}};
  const auto rates = r.list("rates"), balances = r.list("balances");
  EXPECT_EQ(rates.size(), pool.coins);
  EXPECT_EQ(balances.size(), pool.coins);
  for (std::size_t k = 0; k < pool.coins; ++k) {
    pool.rates[k] = static_cast<double>(test::integer_of(rates[k]) / 1e18L);
    pool.balances[k] = static_cast<double>(test::integer_of(rates[k]) * test::integer_of(balances[k]) / 1e18L);
  }
  return pool;
}

struct tally {
  std::size_t traded = 0;
  long double worst_d = 0.0L, worst_dy = 0.0L;  ///< units beyond 1e-12 relative
};

// What the contract rounds, in pool units of 1e-18: D and y to a unit or two each, the balances to one, one taken off
// the output; D moves the output by at most the price of what it moves the balance by. Converted to the output coin
// that is a step of it at least.
long double bound_of(const stable_pool& pool, std::size_t out, long double ours, long double price) {
  const long double pool_units = (4.0L + 2.0L * price) / pool.rates[out];
  return std::max(1e-12L * ours, 1.0L) + 1.0L + pool_units;
}

void check(const row& r, double a_precision, vector_file& swaps, tally& all) {
  const stable_pool pool = pool_of(r, a_precision);
  const auto in = static_cast<std::size_t>(r.small("i")), out = static_cast<std::size_t>(r.small("j"));
  const double dx = static_cast<double>(r.integer("dx"));
  const auto d = pool.invariant();
  const auto venue = stable_swap::of(pool, in, out);
  ASSERT_EQ(r.text("status"), "ok");
  ASSERT_TRUE(d);
  ASSERT_TRUE(venue) << name(venue.error());
  if (!r.text("D").empty()) {
    const long double theirs = r.integer("D"), gap = std::fabs(theirs - (static_cast<long double>(d->high) + d->low));
    EXPECT_LE(gap, std::max(4.0L, 1e-12L * theirs)) << r.text("D");
    all.worst_d = std::max(all.worst_d, gap / std::max(4.0L, 1e-12L * theirs));
  }
  const long double ours = venue->amount_out(dx);
  ++all.traded;
  const long double bound = bound_of(pool, out, ours, venue->curve().price(0.0));
  long double error = 0.0L;
  for (const char* column : {"get_dy", "exchange_dy"}) {
    const long double theirs = r.integer(column), gap = std::fabs(theirs - ours);
    EXPECT_LE(gap, bound) << column << " " << r.text("dx") << " ours " << ours << " theirs " << theirs;
    error = std::max(error, gap / bound);
    all.worst_dy = std::max(all.worst_dy, gap / bound);
  }
  swaps.count(error);
}

TEST(StableSwapVectors, EveryTranscribedSwap) {
  vector_file swaps("pools/curve_stableswap.csv");
  tally all;
  for (const row& r : swaps.rows()) check(r, static_cast<double>(r.integer("a_precision")), swaps, all);
  swaps.report();
  std::printf("%zu traded; worst D %.3Lg, dy %.3Lg of the bound\n", all.traded, all.worst_d, all.worst_dy);
  EXPECT_EQ(swaps.checked(), swaps.rows().size());
}

TEST(StableSwapVectors, EveryExecutedSwap) {
  vector_file swaps("pools/curve_stableswap_bytecode.csv");
  tally all;
  for (const row& r : swaps.rows()) check(r, r.text("variant") == "3pool" ? 1.0 : 100.0, swaps, all);
  swaps.report();
  std::printf("%zu traded; worst D %.3Lg, dy %.3Lg of the bound\n", all.traded, all.worst_d, all.worst_dy);
  EXPECT_EQ(swaps.checked(), swaps.rows().size());
}

}  // namespace
}  // namespace trimtab
