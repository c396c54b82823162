// SPDX-License-Identifier: MIT
#pragma once

/// Laws of every sizer. A case type gives `sizer()`, `venue(scale)`, `account(scale)` (a `cases::worked`) and
/// `target()`; amounts of both grow with `scale`. INSTANTIATE_TYPED_TEST_SUITE_P(Name, SizerLaws, case_type), inside
/// namespace laws.

#include <gtest/gtest.h>

#include <trimtab/sizing/concept.hpp>

#include "support/cases.hpp"
#include <limits>
#include <type_traits>

namespace laws {

template <class Case>
class SizerLaws : public testing::Test {};
TYPED_TEST_SUITE_P(SizerLaws);

namespace detail {
template <class Case>
trimtab::sizing::sized size_at(double scale, double target) {
  const auto venue = Case::venue(scale);
  const auto account = Case::account(scale);
  auto p = account.problem(venue);
  p.target = target;
  p.collateral_unit *= scale, p.debt_unit *= scale;  // sizes leave room for a unit or two
  return Case::sizer().size(p);
}
}  // namespace detail

TYPED_TEST_P(SizerLaws, IsSoundAndTradesOneWayAtLeast) {
  const auto sizer = TypeParam::sizer();
  static_assert(trimtab::Sizer<std::remove_const_t<decltype(sizer)>>);
  static_assert(std::is_trivially_copyable_v<std::remove_const_t<decltype(sizer)>>);
  EXPECT_EQ(sizer.validate(), trimtab::errc::ok);
  EXPECT_TRUE(sizer.can(trimtab::direction::deleverage) || sizer.can(trimtab::direction::leverage));
  EXPECT_FALSE(sizer.can(trimtab::direction::none));
}

TYPED_TEST_P(SizerLaws, MovesHealthTowardsTheTargetAndNotBelowIt) {
  const auto s = detail::size_at<TypeParam>(1.0, TypeParam::target());
  ASSERT_EQ(s.status, trimtab::errc::ok) << name(s.status) << " by " << name(s.binding);
  const auto& t = s.trade;
  EXPECT_GT(t.sold, 0.0);
  EXPECT_GT(t.min_out, 0.0);
  EXPECT_LE(t.min_out, t.expected_out);
  EXPECT_LE(t.health_at_min_out, t.health_after);
  if (t.towards == trimtab::direction::deleverage) {
    EXPECT_GT(t.health_after, t.health_before);
    EXPECT_LT(t.collateral_change, 0.0);
    EXPECT_LT(t.debt_change, 0.0);
  } else {
    EXPECT_LT(t.health_after, t.health_before);
    EXPECT_GE(t.health_after, TypeParam::target());
    EXPECT_GT(t.collateral_change, 0.0);
    EXPECT_GT(t.debt_change, 0.0);
  }
  EXPECT_EQ(s.best_health, t.health_after);
}

TYPED_TEST_P(SizerLaws, AgreesWithTheTradeAtItsOwnSize) {
  const auto venue = TypeParam::venue(1.0);
  const auto account = TypeParam::account(1.0);
  auto p = account.problem(venue);
  p.target = TypeParam::target();
  const auto s = TypeParam::sizer().size(p);
  ASSERT_TRUE(s.has_value());
  const auto t = TypeParam::sizer().at_size(p, s.trade.sold);
  EXPECT_EQ(t.health_after, s.trade.health_after);
  EXPECT_EQ(t.min_out, s.trade.min_out);
  EXPECT_EQ(t.cost.total(), s.trade.cost.total());
}

TYPED_TEST_P(SizerLaws, IsHomogeneousInAmounts) {
  const auto one = detail::size_at<TypeParam>(1.0, TypeParam::target());
  for (const double scale : {0x1p-30, 0x1p-7, 0x1p5, 0x1p40}) {
    const auto s = detail::size_at<TypeParam>(scale, TypeParam::target());
    ASSERT_EQ(s.status, one.status) << scale;
    EXPECT_EQ(s.trade.sold, one.trade.sold * scale) << "a power of two changes no digit";
    EXPECT_EQ(s.trade.health_after, one.trade.health_after);
  }
}

TYPED_TEST_P(SizerLaws, GivesTheSameAnswerTwice) {
  const auto a = detail::size_at<TypeParam>(3.0, TypeParam::target()),
             b = detail::size_at<TypeParam>(3.0, TypeParam::target());
  EXPECT_EQ(a.status, b.status);
  EXPECT_EQ(a.trade.sold, b.trade.sold);
  EXPECT_EQ(a.trade.health_after, b.trade.health_after);
}

TYPED_TEST_P(SizerLaws, RefusesWhatItCannotRead) {
  using trimtab::errc;
  const auto venue = TypeParam::venue(1.0);
  const auto account = TypeParam::account(1.0);
  const auto refusal = [&](auto&& spoil) {
    auto p = account.problem(venue);
    p.target = TypeParam::target();
    spoil(p);
    const auto s = TypeParam::sizer().size(p);
    EXPECT_EQ(s.trade.sold, 0.0);
    return s.status;
  };
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(refusal([](auto& p) { p.venue = nullptr; }), errc::asset_mismatch);
  EXPECT_EQ(refusal([](auto& p) { p.collateral = trimtab::asset_id{99}; }), errc::asset_mismatch);
  EXPECT_EQ(refusal([](auto& p) { p.debt = trimtab::asset_id{99}; }), errc::asset_mismatch);
  EXPECT_EQ(refusal([=](auto& p) { p.target = nan; }), errc::not_finite);
  EXPECT_EQ(refusal([=](auto& p) { p.fair_rate = nan; }), errc::not_finite);
  EXPECT_EQ(refusal([](auto& p) { p.fair_rate = 0.0; }), errc::non_positive_price);
  EXPECT_EQ(refusal([](auto& p) { p.fair_rate = -1.0; }), errc::non_positive_price);
  EXPECT_EQ(refusal([](auto& p) { p.target = 1.0; }), errc::bad_configuration);
  EXPECT_EQ(refusal([=](auto& p) { p.funding.premium = {nan}; }), errc::bad_configuration);
  EXPECT_EQ(refusal([](auto& p) { p.funding.premium = {-1.0}; }), errc::bad_configuration);
}

TYPED_TEST_P(SizerLaws, SaysWhenAReserveIsClosed) {
  const auto venue = TypeParam::venue(1.0);
  const auto account = TypeParam::account(1.0);
  for (const bool of_debt : {false, true})
    for (const bool paused : {false, true}) {
      auto p = account.problem(venue);
      p.target = TypeParam::target();
      auto& limits = of_debt ? p.debt_limits : p.collateral_limits;
      (paused ? limits.paused : limits.active) = paused;
      const auto s = TypeParam::sizer().size(p);
      EXPECT_EQ(s.status, trimtab::errc::infeasible);
      EXPECT_EQ(s.binding, trimtab::sizing::limit::reserve);
    }
}

TYPED_TEST_P(SizerLaws, SaysWhenTheTankIsEmpty) {
  const auto venue = TypeParam::venue(1.0);
  const auto account = TypeParam::account(1.0);
  auto p = account.problem(venue);
  p.target = TypeParam::target();
  p.gas = {.transaction_gas = 5e5, .price_native = 1e-8, .tank_native = 0.004, .native = trimtab::price_slot{2}};
  EXPECT_EQ(TypeParam::sizer().size(p).status, trimtab::errc::gas_tank);
  p.gas.tank_native = 0.0051;
  EXPECT_TRUE(TypeParam::sizer().size(p).has_value());
}

REGISTER_TYPED_TEST_SUITE_P(SizerLaws, IsSoundAndTradesOneWayAtLeast, MovesHealthTowardsTheTargetAndNotBelowIt,
                            AgreesWithTheTradeAtItsOwnSize, IsHomogeneousInAmounts, GivesTheSameAnswerTwice,
                            RefusesWhatItCannotRead, SaysWhenAReserveIsClosed, SaysWhenTheTankIsEmpty);

}  // namespace laws
