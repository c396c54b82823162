// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <trimtab/health.hpp>

#include "laws/health_case.hpp"
#include "support/tolerance.hpp"
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <tuple>
#include <utility>

namespace trimtab::laws {

/// @brief What every collateral model obeys where its form holds. A case has
///
/// - `static auto make()`      a `health_case` whose collateral and debt slots are distinct
/// - `static long double direct(const auto& c)`  the health factor by the contract's own formula, written out plainly
/// - `static void settle(c)`   optional, see `for_accounts`
/// - `static bool sound(c)`    optional: whether prices are such as sound oracles quote together (safe ≤ main)
template <class Case>
class HealthModelLaws : public testing::Test {
protected:
  using T = test::tolerance<double>;
};
TYPED_TEST_SUITE_P(HealthModelLaws);

TYPED_TEST_P(HealthModelLaws, IsAModelThatAcceptsItsAccount) {
  using model = decltype(TypeParam::make().model);
  static_assert(HealthModel<model>);
  static_assert(HealthModel<model, float>);
  const auto c = TypeParam::make();
  EXPECT_EQ(c.model.validate(c.account), errc::ok);
  EXPECT_EQ(validate(c.account), errc::ok);
  EXPECT_EQ(validate(c.liquidation(), c.quoted()), errc::ok);
  EXPECT_EQ(validate(c.model, c.account, c.quoted()), errc::ok);
  EXPECT_GE(c.model.minimum_debt(c.quoted()), 0.0);
  auto stranger = c.account;
  ASSERT_EQ(stranger.add({.asset = {987'654'321}, .collateral = 1.0}), errc::ok);
  EXPECT_EQ(c.model.validate(stranger), errc::asset_mismatch);
}

TYPED_TEST_P(HealthModelLaws, MoreCollateralOrADearerOneNeverLowersHealth) {
  for_accounts<TypeParam>([](const auto& c, auto& random) {
    auto dearer = c;
    const double by = random.uniform(1.0, 3.0);
    dearer.prices[c.collateral_slot.index] *= by;
    EXPECT_GE(dearer.health(), c.health());
    for (std::size_t k = 0; k < c.account.size(); ++k) {
      auto more = c;
      more.account[k].collateral *= by;
      EXPECT_GE(more.health(), c.health()) << k;
      EXPECT_GE(headroom(more.liquidation(), more.quoted()), headroom(c.liquidation(), c.quoted())) << k;
    }
  });
}

TYPED_TEST_P(HealthModelLaws, MoreDebtOrADearerOneNeverRaisesHealth) {
  for_accounts<TypeParam>([](const auto& c, auto& random) {
    auto dearer = c;
    const double by = random.uniform(1.0, 3.0);
    dearer.prices[c.debt_slot.index] *= by;
    EXPECT_LE(dearer.health(), c.health());
    for (std::size_t k = 0; k < c.account.size(); ++k) {
      auto more = c;
      more.account[k].debt *= by;
      EXPECT_LE(more.health(), c.health()) << k;
    }
  });
}

TYPED_TEST_P(HealthModelLaws, OnlyRelativePricesMatter) {
  for_accounts<TypeParam>([](const auto& c, auto& random) {
    auto doubled = c, scaled = c;
    const double by = random.log_uniform(1e-6, 1e6);
    for (double& p : doubled.prices) p *= 0x1p20;
    for (double& p : scaled.prices) p *= by;
    EXPECT_EQ(doubled.health(), c.health());
    EXPECT_TRUE(test::close(scaled.health(), c.health(), TestFixture::T::formula));
  });
}

TYPED_TEST_P(HealthModelLaws, TheFormIsTheProtocolsOwnFormula) {
  std::size_t compared = 0;
  for_accounts<TypeParam>([&](const auto& c, auto&) {
    if (!c.holds()) return;
    ++compared;
    const long double direct = TypeParam::direct(c);
    EXPECT_TRUE(test::close(static_cast<long double>(c.health()), direct, 1e-14L)) << c.health();
  });
  EXPECT_GT(compared, 50U);
}

TYPED_TEST_P(HealthModelLaws, FromTheAccountHealthIsThatOfTheForm) {
  for_accounts<TypeParam>(
      [](const auto& c, auto&) { EXPECT_EQ(health_factor(c.model, c.account, c.quoted()), c.health()); });
}

TYPED_TEST_P(HealthModelLaws, TokensMayBeCountedInAnyUnit) {
  for_accounts<TypeParam>([](const auto& c, auto& random) {
    auto finer = c;
    const double by = std::pow(10.0, std::floor(random.uniform(-9.0, 9.0)));
    finer.account.find(c.collateral)->collateral *= by;
    finer.prices[c.collateral_slot.index] /= by;
    EXPECT_TRUE(test::close(finer.health(), c.health(), TestFixture::T::formula)) << by;
    finer.account.find(c.debt)->debt *= by;
    finer.prices[c.debt_slot.index] /= by;
    EXPECT_TRUE(test::close(finer.health(), c.health(), TestFixture::T::formula)) << by;
  });
}

TYPED_TEST_P(HealthModelLaws, WithoutDebtHealthIsInfinite) {
  for_accounts<TypeParam>([](auto c, auto&) {
    for (std::size_t k = 0; k < c.account.size(); ++k) c.account[k].debt = 0.0;
    EXPECT_EQ(c.health(), infinity);
    EXPECT_FALSE(liquidatable_at(c.model.liquidation_boundary(), c.health()));
    for (std::size_t k = 0; k < c.account.size(); ++k) c.account[k].collateral = 0.0;
    EXPECT_EQ(c.health(), infinity) << "nor does an empty account owe anything";
  });
}

TYPED_TEST_P(HealthModelLaws, TheFormAfterAChangeIsTheModelOfTheChangedAccount) {
  std::size_t compared = 0;
  for_accounts<TypeParam>([&](const auto& c, auto& random) {
    // Debt alone too: some forms are for the collateral as it is.
    const double share = random.below(2) == 0 ? 0.0 : random.uniform(-0.99, 2.0);
    const change by{.collateral = c.collateral,
                    .collateral_by = c.account.find(c.collateral)->collateral * share,
                    .debt = c.debt,
                    .debt_by = c.account.find(c.debt)->debt * random.uniform(-0.99, 2.0)};
    auto changed = c;
    changed.account.find(c.collateral)->collateral += by.collateral_by;
    changed.account.find(c.debt)->debt += by.debt_by;
    if (!c.holds() || !changed.holds()) return;  // another piece
    ++compared;
    EXPECT_EQ(health_factor(after(c.liquidation(), by), c.quoted()), changed.health());
    EXPECT_EQ(health_factor_after(c.liquidation(), c.quoted(), by), changed.health());
    EXPECT_EQ(health_factor(after(c.borrowing(), by), c.quoted()), health_factor(changed.borrowing(), c.quoted()));
  });
  EXPECT_GT(compared, 50U);
}

TYPED_TEST_P(HealthModelLaws, BorrowingIsNeverEasierThanSurviving) {
  for_accounts<TypeParam>([](const auto& c, auto&) {
    EXPECT_LE(health_factor(c.borrowing(), c.quoted()), c.health());
    for (const form<>& f : {c.liquidation(), c.borrowing()}) {
      for (const term<>& t : f.collateral) {
        EXPECT_GE(t.weight, 0.0);
        EXPECT_LE(t.weight, 1.0);
      }
      for (const term<>& t : f.debt) EXPECT_GE(t.weight, 1.0);
    }
  });
}

TYPED_TEST_P(HealthModelLaws, ANaNAnywhereIsANaNHealth) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto fine = TypeParam::make();
  for (const price_slot slot : {fine.collateral_slot, fine.debt_slot}) {
    auto c = fine;
    c.prices[slot.index] = nan;
    EXPECT_TRUE(std::isnan(c.health())) << slot.index;
    EXPECT_TRUE(liquidatable_at(c.model.liquidation_boundary(), c.health())) << "never safe";
    EXPECT_EQ(validate(c.model, c.account, c.quoted()), errc::not_finite);
  }
  auto owes_nan = fine, has_nan = fine;
  owes_nan.account.find(fine.debt)->debt = nan;
  EXPECT_TRUE(std::isnan(owes_nan.health())) << "a NaN debt must not read as no debt";
  EXPECT_EQ(validate(owes_nan.model, owes_nan.account, owes_nan.quoted()), errc::not_finite);
  has_nan.account.find(fine.collateral)->collateral = nan;
  EXPECT_TRUE(std::isnan(has_nan.health()));
  EXPECT_EQ(validate(has_nan.model, has_nan.account, has_nan.quoted()), errc::not_finite);
}

TYPED_TEST_P(HealthModelLaws, AtTheDoorEveryBadInputHasItsName) {
  const auto fine = TypeParam::make();
  const auto at_door = [](const auto& c) { return validate(c.model, c.account, c.quoted()); };
  for (const auto& [bad, expected] : {std::pair{0.0, errc::non_positive_price},
                                      {-1.0, errc::non_positive_price},
                                      {infinity, errc::not_finite},
                                      {-infinity, errc::not_finite}}) {
    auto c = fine;
    c.prices[c.collateral_slot.index] = bad;
    EXPECT_EQ(at_door(c), expected) << bad;
  }
  auto few = fine;
  EXPECT_EQ(validate(few.model, few.account, oracle_prices<double>(std::span<const double>{})), errc::size_mismatch);
  auto negative = fine;
  negative.account.find(fine.collateral)->collateral = -1.0;
  EXPECT_EQ(at_door(negative), errc::negative_amount);
  auto twice = fine;
  ASSERT_GT(twice.account.size(), 1U);
  twice.account[1].asset = twice.account[0].asset;
  EXPECT_EQ(at_door(twice), errc::duplicate_asset);
}

TYPED_TEST_P(HealthModelLaws, WhatPassesTheDoorReadsNoPriceThatIsNotThere) {
  auto c = TypeParam::make();
  using collateral_only = decltype(c.account);
  collateral_only held, owed;
  ASSERT_EQ(held.add(*c.account.find(c.collateral)), errc::ok);
  ASSERT_EQ(owed.add(*c.account.find(c.debt)), errc::ok);
  for (const collateral_only& a : {collateral_only{}, held, owed, c.account})
    for (std::size_t there = 0; there < c.prices.size(); ++there) {
      const auto asks = [&](double beyond) {
        auto values = c.prices;
        for (std::size_t k = there; k < values.size(); ++k) values[k] *= beyond;
        const oracle_prices<double> prices{std::span<const double>(values.data(), there)};
        const errc door = validate(c.model, a, prices);
        if (door != errc::ok) return std::tuple{door, 0.0, 0.0, errc::ok};
        const auto outcome = c.model.liquidate(a, prices, {.debt = c.debt, .collateral = c.collateral});
        return std::tuple{door, c.model.minimum_debt(prices), c.model.rounding_bound(a, prices),
                          outcome ? errc::ok : outcome.error()};
      };
      EXPECT_EQ(asks(1e-9), asks(1e9)) << there << " of the prices, " << a.size() << " holdings";
    }
}

TYPED_TEST_P(HealthModelLaws, AFormThatHoldsSaysSoAndOneBeyondItsEdgeIsRefused) {
  using model = decltype(TypeParam::make().model);
  std::size_t held = 0;
  for_accounts<TypeParam>([&](const auto& c, auto&) {
    if (model::kind == form_class::linear) {
      EXPECT_TRUE(c.holds());
    }
    if (c.holds()) {
      ++held;
    } else {
      EXPECT_EQ(validate(c.model, c.account, c.quoted()), errc::outside_validity);
    }
  });
  EXPECT_GT(held, 50U) << "a suite that never sees the form where it holds says nothing";
}

TYPED_TEST_P(HealthModelLaws, TheEdgesOfItsPricesAreWhereItSays) {
  using model = decltype(TypeParam::make().model);
  if constexpr (model::kind != form_class::linear) {
    for_accounts<TypeParam>([](const auto& c, auto&) {
      if (!c.holds()) return;
      for (std::size_t slot = 0; slot < c.prices.size(); ++slot) {
        const double now = c.prices[slot];
        const price_range range =
            c.model.valid_prices(c.account, c.quoted(), price_slot{static_cast<std::uint16_t>(slot)});
        EXPECT_LE(range.low, now * (1.0 + 1e-12));
        EXPECT_GE(range.high, now * (1.0 - 1e-12));
        const auto holds_at_price = [&](double price) {
          auto moved = c;
          moved.prices[slot] = price;
          if constexpr (requires { TypeParam::sound(moved); })
            if (price >= range.low && price <= range.high && !TypeParam::sound(moved)) return true;
          return moved.holds();
        };
        const bool low_is_near = range.low >= now * (1.0 - 1e-9), high_is_near = range.high <= now * (1.0 + 1e-9);
        EXPECT_TRUE(low_is_near || holds_at_price(range.low * (1.0 + 1e-9) + now * 1e-12)) << slot;
        EXPECT_TRUE(high_is_near || holds_at_price(std::min(range.high * (1.0 - 1e-9), now * 1e9))) << slot;
        EXPECT_TRUE(range.low == 0.0 || !holds_at_price(range.low * (1.0 - 1e-9))) << slot;
        EXPECT_TRUE(range.high == infinity || !holds_at_price(range.high * (1.0 + 1e-9))) << slot;
      }
    });
  }
}

TYPED_TEST_P(HealthModelLaws, WithoutDebtWhateverIsHeldMayLeave) {
  for_accounts<TypeParam>([](auto c, auto&) {
    for (std::size_t k = 0; k < c.account.size(); ++k) c.account[k].debt = 0.0;
    for (const holding& h : c.account) EXPECT_TRUE(c.model.may_withdraw(c.account, h.asset));
  });
}

TYPED_TEST_P(HealthModelLaws, WhatMayLeaveDependsOnWhatIsThereNotOnHowMuch) {
  const auto before = TypeParam::make();
  for_accounts<TypeParam>([&](const auto& c, auto&) {
    for (const holding& h : c.account)
      EXPECT_EQ(c.model.may_withdraw(c.account, h.asset), before.model.may_withdraw(before.account, h.asset));
  });
}

REGISTER_TYPED_TEST_SUITE_P(HealthModelLaws, IsAModelThatAcceptsItsAccount, MoreCollateralOrADearerOneNeverLowersHealth,
                            MoreDebtOrADearerOneNeverRaisesHealth, OnlyRelativePricesMatter,
                            TheFormIsTheProtocolsOwnFormula, FromTheAccountHealthIsThatOfTheForm,
                            TokensMayBeCountedInAnyUnit, WithoutDebtHealthIsInfinite,
                            TheFormAfterAChangeIsTheModelOfTheChangedAccount, BorrowingIsNeverEasierThanSurviving,
                            ANaNAnywhereIsANaNHealth, AtTheDoorEveryBadInputHasItsName,
                            WhatPassesTheDoorReadsNoPriceThatIsNotThere,
                            AFormThatHoldsSaysSoAndOneBeyondItsEdgeIsRefused, TheEdgesOfItsPricesAreWhereItSays,
                            WithoutDebtWhateverIsHeldMayLeave, WhatMayLeaveDependsOnWhatIsThereNotOnHowMuch);

}  // namespace trimtab::laws
