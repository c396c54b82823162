// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <trimtab/health.hpp>

#include "laws/health_case.hpp"
#include "support/tolerance.hpp"
#include <cmath>
#include <iterator>
#include <limits>
#include <span>

namespace trimtab::laws {

/// @brief What every liquidation rule obeys, on the cases of `HealthModelLaws`.
///
/// A rule that always takes the whole position, or sells it in an auction, has a case with
/// `static constexpr bool takes_the_whole_position = true;`: what the liquidator gains is then not paid in this call,
/// and the laws of a bonus say nothing of it. One that writes nothing off has `static constexpr bool keeps_bad_debt =
/// true;`, and one that refuses what does not cure the account `static constexpr bool cures_or_refuses = true;`. A case
/// whose system moves with its prices has `static void follow(case&)`, which moves it.
template <class Case>
class LiquidationLaws : public testing::Test {
protected:
  using T = test::tolerance<double>;
  static constexpr bool cures_or_refuses = requires { Case::cures_or_refuses; };
  static void put_at(auto& c, double health) {
    c.set_health(health);
    if constexpr (requires { Case::follow(c); }) Case::follow(c);
  }
  static double below_one(auto& random, double low) { return random.uniform(cures_or_refuses ? 0.97 : low, 0.999); }
};
TYPED_TEST_SUITE_P(LiquidationLaws);

TYPED_TEST_P(LiquidationLaws, IsALiquidationRule) {
  static_assert(Liquidatable<decltype(TypeParam::make().model)>);
}

TYPED_TEST_P(LiquidationLaws, WithoutDebtOrWithANaNNothingIsExecuted) {
  const auto fine = TypeParam::make();
  const auto liquidation_of = [](const auto& c) {
    return c.model.liquidate(c.account, c.quoted(), {.debt = c.debt, .collateral = c.collateral}).error();
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const price_slot slot : {fine.collateral_slot, fine.debt_slot}) {
    auto c = fine;
    c.prices[slot.index] = nan;
    EXPECT_EQ(liquidation_of(c), errc::not_finite);
  }
  auto owes_nan = fine, has_nan = fine, free = fine;
  owes_nan.account.find(fine.debt)->debt = nan;
  EXPECT_EQ(liquidation_of(owes_nan), errc::not_finite);
  has_nan.account.find(fine.collateral)->collateral = nan;
  EXPECT_EQ(liquidation_of(has_nan), errc::not_finite);
  for (std::size_t k = 0; k < free.account.size(); ++k) free.account[k].debt = 0.0;
  EXPECT_NE(liquidation_of(free), errc::ok);
}

TYPED_TEST_P(LiquidationLaws, TheBoundOfItsRoundingIsSmallForAnOrdinaryAccountAndGrowsAsItShrinks) {
  const auto c = TypeParam::make();
  auto speck = c;
  for (std::size_t k = 0; k < c.account.size(); ++k) {
    speck.account[k].collateral *= 1e-6;
    speck.account[k].debt *= 1e-6;
  }
  EXPECT_GE(c.model.rounding_bound(c.account, c.quoted()), 0.0);
  EXPECT_LT(c.model.rounding_bound(c.account, c.quoted()), 2e-3);
  EXPECT_GE(speck.model.rounding_bound(speck.account, speck.quoted()), c.model.rounding_bound(c.account, c.quoted()));
}

TYPED_TEST_P(LiquidationLaws, HealthyAccountsAreLeftAlone) {
  std::size_t healthy = 0;
  for_accounts<TypeParam>([&](auto c, auto& random) {
    TestFixture::put_at(c, random.uniform(1.001, 3.0));
    if (!c.holds()) return;
    ++healthy;
    EXPECT_EQ(c.model.liquidate(c.account, c.quoted(), {.debt = c.debt, .collateral = c.collateral}).error(),
              errc::not_liquidatable);
  });
  EXPECT_GT(healthy, 50U);
}

TYPED_TEST_P(LiquidationLaws, LiquidationNeverSeizesMoreThanIsHeldOrRepaysMoreThanIsOwed) {
  std::size_t executed = 0;
  for_accounts<TypeParam>([&](auto c, auto& random) {
    TestFixture::put_at(c, TestFixture::below_one(random, 0.05));
    const double owed = c.account.find(c.debt)->debt, held = c.account.find(c.collateral)->collateral;
    for (const double repay : {infinity, owed * random.uniform(0.01, 2.0), owed}) {
      const auto outcome =
          c.model.liquidate(c.account, c.quoted(), {.debt = c.debt, .collateral = c.collateral, .repay = repay});
      if (!outcome.has_value()) {
        EXPECT_EQ(outcome.error(), c.holds() ? errc::dust : errc::outside_validity);
        continue;
      }
      ++executed;
      EXPECT_TRUE(c.holds());
      EXPECT_LE(outcome->repaid, owed);
      EXPECT_LE(outcome->repaid, repay);
      EXPECT_GT(outcome->repaid, 0.0);
      EXPECT_LE(outcome->seized, held);
      EXPECT_GT(outcome->seized, 0.0);
      EXPECT_GE(outcome->protocol_fee, 0.0);
      EXPECT_LE(outcome->protocol_fee, outcome->seized);
      EXPECT_GE(outcome->bad_debt, 0.0);
      EXPECT_LE(outcome->repaid + outcome->bad_debt, owed * (1.0 + TestFixture::T::formula));
      EXPECT_TRUE(test::close(outcome->repaid + outcome->bad_debt + outcome->debt_left, owed, TestFixture::T::formula));
      EXPECT_TRUE(test::close(outcome->seized + outcome->collateral_left, held, TestFixture::T::formula));
      if constexpr (requires { TypeParam::takes_the_whole_position; }) continue;
      const double paid = outcome->repaid * c.prices[c.debt_slot.index],
                   took = outcome->seized * c.prices[c.collateral_slot.index];
      EXPECT_TRUE(test::close(took, paid * (1.0 + c.model.bonus(c.account, c.quoted(), c.collateral).fraction()),
                              TestFixture::T::formula));
    }
  });
  EXPECT_GT(executed, 50U) << "a suite that never sees a liquidation says nothing";
}

TYPED_TEST_P(LiquidationLaws, LiquidationImprovesHealthExactlyAboveThresholdTimesBonus) {
  if constexpr (requires { TypeParam::takes_the_whole_position; }) return;  // nothing is left to improve
  std::size_t seen = 0;
  for_accounts<TypeParam>([&](auto c, auto& random) {
    TestFixture::put_at(c, TestFixture::below_one(random, 0.3));
    const liquidation_request request{
        .debt = c.debt, .collateral = c.collateral, .repay = c.account.find(c.debt)->debt * random.uniform(0.01, 0.4)};
    const auto outcome = c.model.liquidate(c.account, c.quoted(), request);
    if (!outcome.has_value()) return;
    auto left = c;
    left.account = after_liquidation(c.account, request, *outcome);
    if (left.account.find(c.debt)->debt == 0.0 || outcome->bad_debt > 0.0) return;
    const double threshold =
        c.liquidation().collateral.find(c.collateral)->weight / c.liquidation().debt.find(c.debt)->weight;
    const double limit = threshold * (1.0 + c.model.bonus(c.account, c.quoted(), c.collateral).fraction());
    if (test::close(c.health(), limit, TestFixture::T::route)) return;
    const bool improves =
        liquidation_improves_health(c.health(), threshold, c.model.bonus(c.account, c.quoted(), c.collateral));
    ++seen;
    // Rounding aside: a tiny liquidation moves health by little.
    const double slack = TestFixture::T::formula * c.health();
    if (improves) {
      EXPECT_GE(left.health(), c.health() - slack);
    } else {
      EXPECT_LE(left.health(), c.health() + slack);
    }
  });
  EXPECT_GT(seen, 50U);
}

TYPED_TEST_P(LiquidationLaws, ALiquidationThatTakesEverythingLeavesTheDebtThatItsBonusDoesNotCover) {
  if constexpr (requires { TypeParam::takes_the_whole_position; }) return;  // the bonus is not paid in this call
  if (TestFixture::cures_or_refuses) return;                                // what leaves debt behind is refused
  std::size_t seen = 0;
  for_accounts<TypeParam>([&](auto c, auto& random) {
    for (std::size_t k = 0; k < c.account.size(); ++k) {  // one collateral, one debt
      if (!(c.account[k].asset == c.collateral)) c.account[k].collateral = 0.0;
      if (!(c.account[k].asset == c.debt)) c.account[k].debt = 0.0;
    }
    TestFixture::put_at(c, random.uniform(0.3, 0.94));  // below every close factor's upper end
    const auto outcome = c.model.liquidate(c.account, c.quoted(), {.debt = c.debt, .collateral = c.collateral});
    if (!outcome.has_value()) return;
    const double held = c.account.find(c.collateral)->collateral * c.prices[c.collateral_slot.index];
    const double owed = c.account.find(c.debt)->debt * c.prices[c.debt_slot.index];
    const basis_points bonus = c.model.bonus(c.account, c.quoted(), c.collateral);
    if (test::close(held, (1.0 + bonus.fraction()) * owed, TestFixture::T::route)) return;
    ++seen;
    // What a protocol does not write off, the account still owes.
    const bool kept = requires {
      TypeParam::keeps_bad_debt;
    };
    const double left = kept && outcome->collateral_left == 0.0 ? outcome->debt_left : outcome->bad_debt;
    EXPECT_EQ(left > 0.0, liquidation_leaves_bad_debt(held, owed, bonus)) << held << " " << owed;
  });
  EXPECT_GT(seen, 50U);
}

TYPED_TEST_P(LiquidationLaws, GarbageStopsAtTheDoorAndWhatPassesAddsUp) {
  constexpr double garbage[] = {0.0,   -0.0, -1.0,  1.0,      5e-324,    1e-300,
                                1e-12, 1e30, 1e300, infinity, -infinity, std::numeric_limits<double>::quiet_NaN()};
  test::random_numbers random(20260310);
  const auto something = [&] {
    return random.below(6) == 0 ? garbage[random.below(std::size(garbage))] : random.log_uniform(1e-6, 1e6);
  };
  std::size_t passed = 0;
  for (int i = 0; i < 3000; ++i) {
    auto c = TypeParam::make();
    for (std::size_t k = 0; k < c.account.size(); ++k) {
      holding& h = c.account[k];
      if (random.below(3) == 0) h.collateral = something();
      if (random.below(3) == 0) h.debt = something();
      h.used_as_collateral = random.below(8) != 0;
    }
    for (double& p : c.prices)
      if (random.below(3) == 0) p = something();
    const std::size_t given = random.below(8) == 0 ? random.below(c.prices.size()) : c.prices.size();
    const oracle_prices<double> prices(std::span<const double>(c.prices).first(given));
    if constexpr (requires { c.model.at(c.account, prices); }) c.model = c.model.at(c.account, prices);
    if (validate(c.model, c.account, prices) != errc::ok) continue;
    const form<> f = c.model.template liquidation_form<double>(c.account);
    const double backed = weighted_value(f.collateral, prices), owed = weighted_value(f.debt, prices);
    if (!(backed < infinity && owed < infinity)) continue;  // overflow is the decision's to name
    ++passed;
    EXPECT_FALSE(std::isnan(health_factor(f, prices)));
    EXPECT_LE(health_factor(c.model.template borrow_form<double>(c.account), prices),
              health_factor(f, prices) * (1.0 + TestFixture::T::route));
    EXPECT_GE(c.model.rounding_bound(c.account, prices), 0.0);
    for (const holding& held : c.account)
      for (const holding& debt : c.account) {
        const auto out = c.model.liquidate(c.account, prices, {.debt = debt.asset, .collateral = held.asset});
        if (!out.has_value()) continue;
        const double scale = 1.0 + held.collateral + debt.debt;
        for (const double amount : {out->repaid, out->seized, out->protocol_fee, out->bad_debt, out->debt_left,
                                    out->collateral_left, out->credited})
          EXPECT_GE(amount, -1e-12 * scale) << "nor NaN";
        EXPECT_TRUE(test::close(out->repaid + out->bad_debt + out->debt_left, debt.debt, 1e-12));
        EXPECT_TRUE(test::close(out->seized + out->collateral_left, held.collateral, 1e-12));
      }
  }
  EXPECT_GT(passed, 50U);
}

TYPED_TEST_P(LiquidationLaws, NonsenseRequestsAreRefused) {
  auto c = TypeParam::make();
  c.set_health(0.9);
  const auto ask = [&](asset_id debt, asset_id collateral, double repay) {
    return c.model.liquidate(c.account, c.quoted(), {.debt = debt, .collateral = collateral, .repay = repay}).error();
  };
  EXPECT_EQ(ask({987'654'321}, c.collateral, 1.0), errc::asset_mismatch);
  EXPECT_EQ(ask(c.debt, {987'654'321}, 1.0), errc::asset_mismatch);
  EXPECT_EQ(ask(c.debt, c.collateral, 0.0), errc::negative_amount);
  EXPECT_EQ(ask(c.debt, c.collateral, -1.0), errc::negative_amount);
  EXPECT_EQ(ask(c.debt, c.collateral, std::numeric_limits<double>::quiet_NaN()), errc::negative_amount);
}

REGISTER_TYPED_TEST_SUITE_P(LiquidationLaws, IsALiquidationRule, WithoutDebtOrWithANaNNothingIsExecuted,
                            TheBoundOfItsRoundingIsSmallForAnOrdinaryAccountAndGrowsAsItShrinks,
                            HealthyAccountsAreLeftAlone, LiquidationNeverSeizesMoreThanIsHeldOrRepaysMoreThanIsOwed,
                            LiquidationImprovesHealthExactlyAboveThresholdTimesBonus,
                            ALiquidationThatTakesEverythingLeavesTheDebtThatItsBonusDoesNotCover,
                            GarbageStopsAtTheDoorAndWhatPassesAddsUp, NonsenseRequestsAreRefused);

}  // namespace trimtab::laws
