// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <trimtab/health.hpp>

#include "laws/health_case.hpp"
#include "support/tolerance.hpp"
#include <array>
#include <vector>

// The third parties are there when the build asked for them; without them `float` remains.
#ifdef TRIMTAB_TESTS_WITH_THIRD_PARTIES
#include <trimtab/interop/autodiff.hpp>
#include <trimtab/interop/xsimd.hpp>
#endif

namespace trimtab::laws {

/// @brief What a model's forms say on other numbers than `double`, on the cases of `HealthModelLaws`: lanes give each
/// lane's own number bit for bit (without contraction), dual numbers give the closed form's derivative, `float` gives
/// the same to its precision.
template <class Case>
class HealthScalarLaws : public testing::Test {};
TYPED_TEST_SUITE_P(HealthScalarLaws);

TYPED_TEST_P(HealthScalarLaws, SinglePrecisionIsCloseToDouble) {
  for_accounts<TypeParam>(
      [](const auto& c, auto&) {
        std::vector<float> narrow(c.prices.begin(), c.prices.end());
        const oracle_prices<float> prices{std::span<const float>(narrow)};
        const auto f = c.model.template liquidation_form<float>(c.account);
        EXPECT_TRUE(test::close(health_factor(f, prices), static_cast<float>(c.health()), 32.0F * 0x1p-23F));
      },
      50);
}

TYPED_TEST_P(HealthScalarLaws, EachLaneIsItsOwnAccount) {
#ifdef TRIMTAB_TESTS_WITH_THIRD_PARTIES
  using batch = xsimd::batch<double>;
  for_accounts<TypeParam>(
      [](const auto& c, auto& random) {
        std::vector<std::array<double, batch::size>> lanes(c.prices.size());
        std::vector<batch> values;
        for (std::size_t slot = 0; slot < lanes.size(); ++slot) {
          for (double& x : lanes[slot]) x = c.prices[slot] * random.log_uniform(0.1, 10.0);
          values.push_back(batch::load_unaligned(lanes[slot].data()));
        }
        const oracle_prices<batch> prices{std::span<const batch>(values)};
        const auto f = c.model.template liquidation_form<batch>(c.account);
        const auto b = c.model.template borrow_form<batch>(c.account);
        for (std::size_t lane = 0; lane < batch::size; ++lane) {
          auto one = c;
          for (std::size_t slot = 0; slot < lanes.size(); ++slot) one.prices[slot] = lanes[slot][lane];
          EXPECT_EQ(health_factor(f, prices).get(lane), health_factor(c.liquidation(), one.quoted()));
          EXPECT_EQ(headroom(f, prices).get(lane), headroom(c.liquidation(), one.quoted()));
          EXPECT_EQ(health_factor(b, prices).get(lane), health_factor(c.borrowing(), one.quoted()));
        }
      },
      50);
#else
  GTEST_SKIP() << "built without xsimd";
#endif
}

TYPED_TEST_P(HealthScalarLaws, DualNumbersGiveTheClosedFormsDerivative) {
#ifdef TRIMTAB_TESTS_WITH_THIRD_PARTIES
  using dual = boost::math::differentiation::autodiff_fvar<double, 1>;
  for_accounts<TypeParam>(
      [](const auto& c, auto&) {
        const form<> f = c.liquidation();
        const double health = c.health(), debt = weighted_value(f.debt, c.quoted());
        for (std::size_t moved = 0; moved < c.prices.size(); ++moved) {
          std::vector<dual> values;
          for (std::size_t slot = 0; slot < c.prices.size(); ++slot)
            values.push_back(slot == moved ? boost::math::differentiation::make_fvar<double, 1>(c.prices[slot])
                                           : dual(c.prices[slot]));
          const oracle_prices<dual> prices{std::span<const dual>(values)};
          // ∂HF/∂p = (Σ w·c − HF·Σ v·d) / D over the terms of the slot
          double held = 0.0, owed = 0.0;
          for (const term<>& t : f.collateral) held += t.slot.index == moved ? t.weight * t.amount : 0.0;
          for (const term<>& t : f.debt) owed += t.slot.index == moved ? t.weight * t.amount : 0.0;
          const double scale = (held + health * owed) / debt;
          const double exact = (held - health * owed) / debt;
          const double dual_says =
              health_factor(c.model.template liquidation_form<dual>(c.account), prices).derivative(1);
          EXPECT_TRUE(test::within(dual_says, exact, test::tolerance<double>::sum * scale)) << "slot " << moved;
        }
      },
      50);
#else
  GTEST_SKIP() << "built without Boost.Math";
#endif
}

REGISTER_TYPED_TEST_SUITE_P(HealthScalarLaws, SinglePrecisionIsCloseToDouble, EachLaneIsItsOwnAccount,
                            DualNumbersGiveTheClosedFormsDerivative);

}  // namespace trimtab::laws
