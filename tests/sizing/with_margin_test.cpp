// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/sizing/both_ways.hpp>
#include <trimtab/sizing/leverage_up.hpp>
#include <trimtab/sizing/restore_target.hpp>
#include <trimtab/sizing/with_margin.hpp>

#include "laws/sizer_laws.hpp"
#include "support/cases.hpp"

namespace {

using namespace trimtab;
using sizing::restore_target;
using sizing::with_margin;

constexpr sizing::both_ways both{restore_target{}, sizing::leverage_up{}};
constexpr with_margin careful{both, basis_points{0.5}};
static_assert(careful.validate() == errc::ok);
static_assert(with_margin{both, basis_points{-0.1}}.validate() == errc::bad_configuration);
static_assert(with_margin{restore_target{.max_slippage = {0.0}}}.validate() == errc::bad_configuration);
static_assert(careful.can(direction::deleverage) && careful.can(direction::leverage));

struct looked {
  liquidity::constant_product venue{.reserve_in = 1e6, .reserve_out = 1e6};
  cases::worked account;
  sizing::problem<liquidity::constant_product> p;
  explicit looked(double debt) : account(10000.0, debt), p(account.problem(venue)) { p.target = 1.25; }
};

TEST(WithMargin, LandsAboveTheTargetFromEitherSide) {
  for (const double debt : {7500.0, 5000.0}) {
    const looked at(debt);
    const auto s = careful.size(at.p);
    ASSERT_TRUE(s.has_value()) << debt;
    EXPECT_GE(s.trade.health_after, 1.25 * 1.00005) << debt;
    EXPECT_LE(s.trade.health_after, 1.25 * 1.0001) << debt;
    EXPECT_EQ(s.best_health, s.trade.health_after);
  }
}

TEST(WithMargin, BetweenTheTwoNothingIsToBeDone) {
  const looked at(8300.0 / (1.25 * 1.00002));
  EXPECT_EQ(careful.size(at.p).trade.sold, 0.0);
  EXPECT_NE(careful.size(at.p).status, errc::ok);
}

TEST(WithMargin, NeverAimsBeyondTheBand) {
  looked at(7500.0);
  at.p.band_high = 1.25 * 1.00001;
  const auto s = careful.size(at.p);
  ASSERT_TRUE(s.has_value());
  EXPECT_LE(s.trade.health_after, at.p.band_high * (1.0 + 1e-12));
  EXPECT_GE(s.trade.health_after, 1.25);
}

}  // namespace

namespace laws {

struct margin_case {
  static constexpr auto sizer() {
    return trimtab::sizing::with_margin{trimtab::sizing::restore_target{.max_slippage = trimtab::basis_points{800.0}}};
  }
  static constexpr auto venue(double scale) {
    return trimtab::liquidity::constant_product{.reserve_in = 2e5 * scale, .reserve_out = 2e5 * scale};
  }
  static constexpr auto account(double scale) { return cases::worked(10000.0 * scale, 7800.0 * scale); }
  static constexpr double target() { return 1.25; }
};
INSTANTIATE_TYPED_TEST_SUITE_P(WithMargin, SizerLaws, margin_case);

}  // namespace laws
