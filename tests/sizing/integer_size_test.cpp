// SPDX-License-Identifier: MIT
// Sizes in smallest units against a contract's integer rule: at or above the target, and by no more than a unit or two.
#include <gtest/gtest.h>

#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/sizing/integer_size.hpp>
#include <trimtab/sizing/restore_target.hpp>

#include "support/cases.hpp"
#include "support/random.hpp"
#include <algorithm>
#include <cmath>
#include <cstdio>

namespace trimtab {
namespace {

using liquidity::constant_product;
using sizing::funding_mode;
using sizing::size_in_units;

__extension__ using whole = unsigned __int128;

whole of(units u) {
  return (static_cast<whole>(u.high()) << 64) | u.low();
}
units from(whole w) {
  return units::from_words(static_cast<std::uint64_t>(w >> 64), static_cast<std::uint64_t>(w));
}

// The rule of a constant-product pair: ⌊x·997·R₂ / (1000·R₁ + 997·x)⌋. The products stay below 128 bits here.
struct pair_rule {
  whole reserve_in, reserve_out;
  units operator()(units in) const {
    const whole x = of(in) * 997;
    return from(x * reserve_out / (reserve_in * 1000 + x));
  }
};

struct decimals {
  int collateral, debt;
};

TEST(SizeInUnits, HealthIsAtTheTargetAfterTheContractsRounding) {
  test::random_numbers d(997);
  int made = 0, corrected = 0, twice = 0, unreachable = 0;
  double highest = 0.0;
  for (int i = 0; i < 40000; ++i) {
    const decimals with = i % 3 == 0 ? decimals{8, 6} : i % 3 == 1 ? decimals{6, 6} : decimals{6, 8};
    const double price = d.log_uniform(1.0, 100.0), collateral = d.log_uniform(1e4, 1e6);
    cases::worked w(collateral, collateral * price * 0.83 / d.uniform(1.0, 1.2));
    w.price[0] = price;
    const double depth = collateral * d.log_uniform(2.0, 30.0);
    const pair_rule rule{of(*units::floor(depth, with.collateral)), of(*units::floor(depth * price, with.debt))};
    const constant_product pool{.reserve_in = from(rule.reserve_in).to_tokens(with.collateral),
                                .reserve_out = from(rule.reserve_out).to_tokens(with.debt)};
    auto p = w.problem(pool);
    p.target = d.uniform(1.21, 1.6);
    p.funding = {static_cast<funding_mode>(i / 3 % 3), {d.below(2) == 0 ? 0.0 : d.uniform(0.0, 20.0)}};
    if (d.below(2) == 0)
      p.gas = {.transaction_gas = 1.0,
               .price_native = d.log_uniform(1e-3, 10.0),
               .paid_from = gas_payer::proceeds,
               .native = price_slot{2}};
    const sizing::restore_target sizer{.max_slippage = {3000.0}};
    const auto s = sizer.size(p);
    if (!s.has_value()) {
      ++unreachable;
      continue;
    }
    const auto exact = size_in_units(p, s.trade, with.collateral, with.debt, rule);
    ASSERT_TRUE(exact.has_value()) << i << ' ' << name(exact.error());
    ++made;
    corrected += exact->corrections > 0;
    twice += exact->corrections > 1;
    // Once more from the integers alone, in 80 bits.
    const auto tokens = [](units u, int places) { return static_cast<long double>(of(u)) / std::pow(10.0L, places); };
    ASSERT_EQ(of(exact->out), of(rule(exact->sold))) << i;
    const long double health = 0.83L * price * (collateral - tokens(exact->withdrawn, with.collateral)) /
                               (static_cast<long double>(w.account[1].debt) - tokens(exact->repaid, with.debt));
    const long double kappa = w.account[1].debt / (w.account[1].debt - tokens(exact->repaid, with.debt));
    ASSERT_GE(health, p.target * (1 - 4 * cases::eps * kappa)) << i;
    ASSERT_GE(exact->health, p.target) << i;
    ASSERT_LE(exact->health, p.target * (1 + 1e-9)) << i << ' ' << exact->corrections;
    highest = std::max(highest, exact->health / p.target - 1.0);
    // What was repaid is what came out less the gas and the premium of the loan, each rounded against the account.
    const whole premium = of(exact->out) - of(exact->repaid) - of(*units::ceil(s.trade.gas_in_kind, with.debt));
    const long double owed = p.funding.mode == funding_mode::flash_debt ? s.trade.flash_premium : 0.0L;
    ASSERT_LE(std::fabs(tokens(from(premium), with.debt) - owed), 2.0L * std::pow(10.0L, -with.debt) + 1e-15L * owed)
        << i;
    // One unit less would not have been enough, but for what the correction keeps for the next rounding.
    const long double unit = std::pow(10.0L, -with.debt) + std::pow(10.0L, -with.collateral) * price;
    ASSERT_LE(exact->health / p.target - 1.0, 6.0 * static_cast<double>(unit * kappa / w.account[1].debt) +
                                                  64 * cases::eps * static_cast<double>(kappa))
        << i;
  }
  std::printf(
      "integer sizes: %d made, %d corrected once, %d more often, %d out of reach; above the target by at most %.2g\n",
      made, corrected - twice, twice, unreachable, highest);
  EXPECT_GT(made, 10000);
  EXPECT_GT(corrected, 1000);
  EXPECT_EQ(twice, 0) << "one correction is enough";
}

TEST(SizeInUnits, AStingyContractIsMadeUpFor) {
  // A contract that pays a thousand units less than the curve.
  const cases::worked w;
  const constant_product pool{.reserve_in = 1e6, .reserve_out = 1e6};
  const auto p = w.problem(pool);
  const auto s = sizing::restore_target{.max_slippage = {1000.0}}.size(p);
  ASSERT_TRUE(s.has_value());
  const auto exact = size_in_units(p, s.trade, 6, 6, [&](units in) -> result<units> {
    return units::floor(pool.amount_out(in.to_tokens(6)) - 1e-3, 6);
  });
  ASSERT_TRUE(exact.has_value());
  EXPECT_EQ(exact->corrections, 1);
  EXPECT_GE(exact->health, 1.25);
  EXPECT_LE(exact->health, 1.25 * (1.0 + 1e-9));
}

TEST(SizeInUnits, EveryRefusalHasAName) {
  const cases::worked w;
  const constant_product pool{.reserve_in = 1e6, .reserve_out = 1e6};
  auto p = w.problem(pool);
  const auto s = sizing::restore_target{.max_slippage = {1000.0}}.size(p);
  const auto quote = [&](units in) { return *units::floor(pool.amount_out(in.to_tokens(6)), 6); };
  auto t = s.trade;
  EXPECT_EQ(size_in_units(p, t, 28, 6, quote).error(), errc::bad_configuration);
  EXPECT_EQ(size_in_units(p, sizing::trade{}, 6, 6, quote).error(), errc::bad_configuration);
  EXPECT_EQ(size_in_units(p, t, 6, 6, [](units) { return units{}; }).error(), errc::infeasible)
      << "a venue that pays nothing";
  EXPECT_EQ(size_in_units(p, t, 6, 6, [](units) -> result<units> { return errc::overflow; }).error(), errc::overflow);
  t.gas_in_kind = 1e9;
  EXPECT_EQ(size_in_units(p, t, 6, 6, quote).error(), errc::dust);
  p.band_high = 1.25 + 1e-13;
  EXPECT_EQ(
      size_in_units(p, s.trade, 0, 0, [&](units in) { return *units::floor(pool.amount_out(in.to_tokens(0)), 0); })
          .error(),
      errc::infeasible)
      << "whole tokens are too coarse for such a band";
  p.band_high = 1.2;
  EXPECT_EQ(size_in_units(p, s.trade, 6, 6, quote).error(), errc::bad_configuration);
  p = w.problem(pool);
  p.venue = nullptr;
  EXPECT_EQ(size_in_units(p, s.trade, 6, 6, quote).error(), errc::asset_mismatch);
  const constant_product shallow{.reserve_in = 1000.0, .reserve_out = 1000.0};
  p.venue = &shallow;
  EXPECT_EQ(size_in_units(p, s.trade, 6, 6, quote).error(), errc::would_worsen) << "beyond what helps";
}

TEST(SizeInUnits, NoCorrectionGoesBeyondALimit) {
  const cases::worked w;
  const constant_product pool{.reserve_in = 1e6, .reserve_out = 1e6};
  const pair_rule rule{of(*units::floor(1e6, 6)), of(*units::floor(1e6, 6))};
  for (const funding_mode mode : {funding_mode::flash_debt, funding_mode::flash_collateral}) {
    auto p = w.problem(pool);
    p.funding = {mode, {5.0}};
    const auto s = sizing::restore_target{.max_slippage = {1000.0}}.size(p);
    ASSERT_TRUE(s.has_value());
    const auto open = size_in_units(p, s.trade, 6, 6, rule);
    ASSERT_TRUE(open.has_value());
    ASSERT_GT(open->corrections, -1);
    const double taken = open->withdrawn.to_tokens(6), sold = open->sold.to_tokens(6);
    const auto refused = [&](auto&& limit) {
      auto q = p;
      limit(q);
      const auto r = size_in_units(q, s.trade, 6, 6, rule);
      return !r.has_value() && r.error() == errc::infeasible;
    };
    EXPECT_FALSE(refused([&](auto& q) { q.collateral_limits.withdrawable = taken; }));
    EXPECT_TRUE(refused([&](auto& q) { q.collateral_limits.withdrawable = taken - 0.5e-6; }));
    EXPECT_TRUE(refused([&](auto& q) {  // the rest of the collateral is another
      auto& side = q.liquidation.collateral;
      auto rest = side[0];
      rest.asset = cases::other_collateral, rest.amount -= taken - 0.5e-6;
      side[0].amount = taken - 0.5e-6;
      side.add(rest);
    }));
    const bool lent = mode == funding_mode::flash_collateral;
    EXPECT_EQ(refused([&](auto& q) { q.collateral_limits.flash_loan_available = sold - 0.5e-6; }), lent);
    EXPECT_FALSE(refused([&](auto& q) { q.collateral_limits.flash_loan_available = sold; }));
  }
}

}  // namespace
}  // namespace trimtab
