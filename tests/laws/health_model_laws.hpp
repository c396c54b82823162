// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <trimtab/health.hpp>

#include "support/random.hpp"
#include "support/tolerance.hpp"
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

namespace trimtab::laws {

/// One account under one model; `collateral` and `debt` are holdings of it, with slots of their own.
template <class Model, std::size_t Slots>
struct health_case {
  Model model;
  trimtab::account<> account;
  std::array<double, Slots> prices;
  asset_id collateral, debt;
  price_slot collateral_slot, debt_slot;

  [[nodiscard]] oracle_prices<double> quoted() const { return oracle_prices<double>(prices); }
  [[nodiscard]] form<> liquidation() const { return model.template liquidation_form<double>(account); }
  [[nodiscard]] form<> borrowing() const { return model.template borrow_form<double>(account); }
  [[nodiscard]] double health() const { return health_factor(liquidation(), quoted()); }
  /// Scales all debt prices so that health reads `target`. @pre debt and collateral share no slot
  void set_health(double target) {
    const double factor = health() / target;
    std::array<bool, Slots> owed{};
    for (const term<>& t : liquidation().debt) owed[t.slot.index] = true;
    for (std::size_t slot = 0; slot < Slots; ++slot)
      if (owed[slot]) prices[slot] *= factor;
  }
};

/// @brief What every collateral model of class "linear" obeys. A case has
///
/// - `static auto make()`  a `health_case` whose collateral and debt slots are distinct
template <class Case>
class HealthModelLaws : public testing::Test {
protected:
  using T = test::tolerance<double>;

  /// The case with amounts and prices stirred over six decades, many times.
  template <class F>
  static void for_accounts(F visit) {
    test::random_numbers random(20200312);
    for (int i = 0; i < 500; ++i) {
      auto c = Case::make();
      for (std::size_t k = 0; k < c.account.size(); ++k) {
        c.account[k].collateral *= random.log_uniform(1e-3, 1e3);
        c.account[k].debt *= random.log_uniform(1e-3, 1e3);
      }
      for (double& p : c.prices) p *= random.log_uniform(1e-3, 1e3);
      visit(c, random);
      if (testing::Test::HasFatalFailure()) return;
    }
  }
};
TYPED_TEST_SUITE_P(HealthModelLaws);

TYPED_TEST_P(HealthModelLaws, IsAModelThatAcceptsItsAccount) {
  using model = decltype(TypeParam::make().model);
  static_assert(HealthModel<model> && Liquidatable<model>);
  static_assert(HealthModel<model, float>);
  const auto c = TypeParam::make();
  EXPECT_EQ(c.model.validate(c.account), errc::ok);
  EXPECT_EQ(validate(c.account), errc::ok);
  EXPECT_EQ(validate(c.liquidation(), c.quoted()), errc::ok);
  EXPECT_GE(c.model.minimum_debt(), 0.0);
  auto stranger = c.account;
  ASSERT_EQ(stranger.add({.asset = {987'654'321}, .collateral = 1.0}), errc::ok);
  EXPECT_EQ(c.model.validate(stranger), errc::asset_mismatch);
}

TYPED_TEST_P(HealthModelLaws, MoreCollateralOrADearerOneNeverLowersHealth) {
  this->for_accounts([](const auto& c, auto& random) {
    auto more = c, dearer = c;
    const double by = random.uniform(1.0, 3.0);
    more.account.find(c.collateral)->collateral *= by;
    dearer.prices[c.collateral_slot.index] *= by;
    EXPECT_GE(more.health(), c.health());
    EXPECT_GE(dearer.health(), c.health());
    EXPECT_GE(headroom(more.liquidation(), more.quoted()), headroom(c.liquidation(), c.quoted()));
  });
}

TYPED_TEST_P(HealthModelLaws, MoreDebtOrADearerOneNeverRaisesHealth) {
  this->for_accounts([](const auto& c, auto& random) {
    auto more = c, dearer = c;
    const double by = random.uniform(1.0, 3.0);
    more.account.find(c.debt)->debt *= by;
    dearer.prices[c.debt_slot.index] *= by;
    EXPECT_LE(more.health(), c.health());
    EXPECT_LE(dearer.health(), c.health());
  });
}

TYPED_TEST_P(HealthModelLaws, OnlyRelativePricesMatter) {
  this->for_accounts([](const auto& c, auto& random) {
    auto doubled = c, scaled = c;
    const double by = random.log_uniform(1e-6, 1e6);
    for (double& p : doubled.prices) p *= 0x1p20;
    for (double& p : scaled.prices) p *= by;
    EXPECT_EQ(doubled.health(), c.health());
    EXPECT_TRUE(test::close(scaled.health(), c.health(), TestFixture::T::formula));
  });
}

TYPED_TEST_P(HealthModelLaws, WithoutDebtHealthIsInfinite) {
  this->for_accounts([](auto c, auto&) {
    for (std::size_t k = 0; k < c.account.size(); ++k) c.account[k].debt = 0.0;
    EXPECT_EQ(c.health(), infinity);
    EXPECT_FALSE(liquidatable_at(c.model.liquidation_boundary(), c.health()));
    EXPECT_EQ(c.model.liquidate(c.account, c.quoted(), {.debt = c.debt, .collateral = c.collateral}).has_value(),
              false);
    for (std::size_t k = 0; k < c.account.size(); ++k) c.account[k].collateral = 0.0;
    EXPECT_EQ(c.health(), infinity) << "nor does an empty account owe anything";
  });
}

TYPED_TEST_P(HealthModelLaws, TheFormAfterAChangeIsTheModelOfTheChangedAccount) {
  this->for_accounts([](const auto& c, auto& random) {
    const change by{.collateral = c.collateral,
                    .collateral_by = c.account.find(c.collateral)->collateral * random.uniform(-0.99, 2.0),
                    .debt = c.debt,
                    .debt_by = c.account.find(c.debt)->debt * random.uniform(-0.99, 2.0)};
    auto changed = c;
    changed.account.find(c.collateral)->collateral += by.collateral_by;
    changed.account.find(c.debt)->debt += by.debt_by;
    EXPECT_EQ(health_factor(after(c.liquidation(), by), c.quoted()), changed.health());
    EXPECT_EQ(health_factor_after(c.liquidation(), c.quoted(), by), changed.health());
    EXPECT_EQ(health_factor(after(c.borrowing(), by), c.quoted()), health_factor(changed.borrowing(), c.quoted()));
  });
}

TYPED_TEST_P(HealthModelLaws, BorrowingIsNeverEasierThanSurviving) {
  this->for_accounts([](const auto& c, auto&) {
    EXPECT_LE(health_factor(c.borrowing(), c.quoted()), c.health());
    ASSERT_EQ(c.borrowing().collateral.size(), c.liquidation().collateral.size());
    for (std::size_t i = 0; i < c.borrowing().collateral.size(); ++i) {
      EXPECT_LE(c.borrowing().collateral[i].weight, c.liquidation().collateral[i].weight);
      EXPECT_GE(c.borrowing().collateral[i].weight, 0.0);
      EXPECT_LE(c.liquidation().collateral[i].weight, 1.0);
    }
    for (const term<>& t : c.liquidation().debt) EXPECT_GE(t.weight, 1.0);
  });
}

TYPED_TEST_P(HealthModelLaws, ANaNAnywhereIsANaNHealth) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto fine = TypeParam::make();
  const auto liquidation_of = [](const auto& c) {
    return c.model.liquidate(c.account, c.quoted(), {.debt = c.debt, .collateral = c.collateral}).error();
  };
  for (const price_slot slot : {fine.collateral_slot, fine.debt_slot}) {
    auto c = fine;
    c.prices[slot.index] = nan;
    EXPECT_TRUE(std::isnan(c.health())) << slot.index;
    EXPECT_TRUE(liquidatable_at(c.model.liquidation_boundary(), c.health())) << "never safe";
    EXPECT_EQ(liquidation_of(c), errc::not_finite) << "nor executed";
  }
  auto owes_nan = fine, has_nan = fine;
  owes_nan.account.find(fine.debt)->debt = nan;
  EXPECT_TRUE(std::isnan(owes_nan.health())) << "a NaN debt must not read as no debt";
  EXPECT_EQ(liquidation_of(owes_nan), errc::not_finite);
  has_nan.account.find(fine.collateral)->collateral = nan;
  EXPECT_TRUE(std::isnan(has_nan.health()));
  EXPECT_EQ(liquidation_of(has_nan), errc::not_finite);
}

TYPED_TEST_P(HealthModelLaws, WithoutDebtWhateverIsHeldMayLeave) {
  this->for_accounts([](auto c, auto&) {
    for (std::size_t k = 0; k < c.account.size(); ++k) c.account[k].debt = 0.0;
    for (const holding& h : c.account) EXPECT_TRUE(c.model.may_withdraw(c.account, h.asset));
  });
}

TYPED_TEST_P(HealthModelLaws, WhatMayLeaveDependsOnWhatIsThereNotOnHowMuch) {
  const auto before = TypeParam::make();
  this->for_accounts([&](const auto& c, auto&) {
    for (const holding& h : c.account)
      EXPECT_EQ(c.model.may_withdraw(c.account, h.asset), before.model.may_withdraw(before.account, h.asset));
  });
}

TYPED_TEST_P(HealthModelLaws, HealthyAccountsAreLeftAlone) {
  this->for_accounts([](auto c, auto& random) {
    c.set_health(random.uniform(1.001, 3.0));
    EXPECT_EQ(c.model.liquidate(c.account, c.quoted(), {.debt = c.debt, .collateral = c.collateral}).error(),
              errc::not_liquidatable);
  });
}

TYPED_TEST_P(HealthModelLaws, LiquidationNeverSeizesMoreThanIsHeldOrRepaysMoreThanIsOwed) {
  this->for_accounts([](auto c, auto& random) {
    c.set_health(random.uniform(0.05, 0.999));
    const double owed = c.account.find(c.debt)->debt, held = c.account.find(c.collateral)->collateral;
    for (const double repay : {infinity, owed * random.uniform(0.01, 2.0), owed}) {
      const auto outcome =
          c.model.liquidate(c.account, c.quoted(), {.debt = c.debt, .collateral = c.collateral, .repay = repay});
      if (!outcome.has_value()) {
        EXPECT_EQ(outcome.error(), errc::dust);
        continue;
      }
      EXPECT_LE(outcome->repaid, owed);
      EXPECT_LE(outcome->repaid, repay);
      EXPECT_GT(outcome->repaid, 0.0);
      EXPECT_LE(outcome->seized, held);
      EXPECT_GT(outcome->seized, 0.0);
      EXPECT_GE(outcome->protocol_fee, 0.0);
      EXPECT_LE(outcome->protocol_fee, outcome->seized);
      EXPECT_GE(outcome->bad_debt, 0.0);
      EXPECT_LE(outcome->repaid + outcome->bad_debt, owed * (1.0 + TestFixture::T::formula));
      const double paid = outcome->repaid * c.prices[c.debt_slot.index],
                   took = outcome->seized * c.prices[c.collateral_slot.index];
      EXPECT_TRUE(test::close(took, paid * (1.0 + c.model.bonus(c.collateral).fraction()), TestFixture::T::formula));
    }
  });
}

TYPED_TEST_P(HealthModelLaws, LiquidationImprovesHealthExactlyAboveThresholdTimesBonus) {
  this->for_accounts([](auto c, auto& random) {
    c.set_health(random.uniform(0.3, 0.999));
    const liquidation_request request{
        .debt = c.debt, .collateral = c.collateral, .repay = c.account.find(c.debt)->debt * random.uniform(0.01, 0.4)};
    const auto outcome = c.model.liquidate(c.account, c.quoted(), request);
    if (!outcome.has_value()) return;
    auto left = c;
    left.account = after_liquidation(c.account, request, *outcome);
    if (left.account.find(c.debt)->debt == 0.0 || outcome->bad_debt > 0.0) return;
    const double threshold = c.liquidation().collateral.find(c.collateral)->weight;
    const double limit = threshold * (1.0 + c.model.bonus(c.collateral).fraction());
    if (test::close(c.health(), limit, TestFixture::T::route)) return;
    const bool improves = liquidation_improves_health(c.health(), threshold, c.model.bonus(c.collateral));
    // Rounding aside: a tiny liquidation moves health by little.
    const double slack = TestFixture::T::formula * c.health();
    if (improves) {
      EXPECT_GE(left.health(), c.health() - slack);
    } else {
      EXPECT_LE(left.health(), c.health() + slack);
    }
  });
}

TYPED_TEST_P(HealthModelLaws, ALiquidationThatTakesEverythingLeavesTheDebtThatItsBonusDoesNotCover) {
  this->for_accounts([](auto c, auto& random) {
    for (std::size_t k = 0; k < c.account.size(); ++k) {  // one collateral, one debt
      if (!(c.account[k].asset == c.collateral)) c.account[k].collateral = 0.0;
      if (!(c.account[k].asset == c.debt)) c.account[k].debt = 0.0;
    }
    c.set_health(random.uniform(0.3, 0.94));  // below every close factor's upper end
    const auto outcome = c.model.liquidate(c.account, c.quoted(), {.debt = c.debt, .collateral = c.collateral});
    if (!outcome.has_value()) return;
    const double held = c.account.find(c.collateral)->collateral * c.prices[c.collateral_slot.index];
    const double owed = c.account.find(c.debt)->debt * c.prices[c.debt_slot.index];
    const basis_points bonus = c.model.bonus(c.collateral);
    if (test::close(held, (1.0 + bonus.fraction()) * owed, TestFixture::T::route)) return;
    EXPECT_EQ(outcome->bad_debt > 0.0, liquidation_leaves_bad_debt(held, owed, bonus)) << held << " " << owed;
  });
}

TYPED_TEST_P(HealthModelLaws, NonsenseRequestsAreRefused) {
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

REGISTER_TYPED_TEST_SUITE_P(HealthModelLaws, IsAModelThatAcceptsItsAccount, MoreCollateralOrADearerOneNeverLowersHealth,
                            MoreDebtOrADearerOneNeverRaisesHealth, OnlyRelativePricesMatter,
                            WithoutDebtHealthIsInfinite, TheFormAfterAChangeIsTheModelOfTheChangedAccount,
                            BorrowingIsNeverEasierThanSurviving, ANaNAnywhereIsANaNHealth,
                            WithoutDebtWhateverIsHeldMayLeave, WhatMayLeaveDependsOnWhatIsThereNotOnHowMuch,
                            HealthyAccountsAreLeftAlone, LiquidationNeverSeizesMoreThanIsHeldOrRepaysMoreThanIsOwed,
                            LiquidationImprovesHealthExactlyAboveThresholdTimesBonus,
                            ALiquidationThatTakesEverythingLeavesTheDebtThatItsBonusDoesNotCover,
                            NonsenseRequestsAreRefused);

}  // namespace trimtab::laws
