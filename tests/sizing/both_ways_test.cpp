// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/sizing/both_ways.hpp>
#include <trimtab/sizing/leverage_up.hpp>
#include <trimtab/sizing/restore_target.hpp>

#include "laws/sizer_laws.hpp"
#include "support/cases.hpp"

namespace {

using namespace trimtab;
using sizing::both_ways;
using sizing::leverage_up;
using sizing::restore_target;

constexpr both_ways both{restore_target{}, leverage_up{}};
static_assert(both.validate() == errc::ok);
static_assert(both.can(direction::deleverage) && both.can(direction::leverage) && !both.can(direction::none));
static_assert(both_ways{leverage_up{}, leverage_up{}}.validate() == errc::bad_configuration, "each in its place");
static_assert(both_ways{restore_target{}, restore_target{}}.validate() == errc::bad_configuration);
static_assert(both_ways{restore_target{.max_slippage = {0.0}}, leverage_up{}}.validate() == errc::bad_configuration);
static_assert(both_ways{restore_target{}, leverage_up{.max_cost = {0.0}}}.validate() == errc::bad_configuration);

TEST(BothWays, IsTheSizerOfTheSideHealthIsOn) {
  const liquidity::constant_product venue{.reserve_in = 1e6, .reserve_out = 1e6};
  const cases::worked below(10000.0, 7800.0), above(10000.0, 5000.0);
  EXPECT_EQ(both.size(below.problem(venue)).trade.sold, restore_target{}.size(below.problem(venue)).trade.sold);
  EXPECT_EQ(both.size(above.problem(venue)).trade.sold, leverage_up{}.size(above.problem(venue)).trade.sold);
  EXPECT_EQ(both.at_size(below.problem(venue), 100.0).towards, direction::deleverage);
  EXPECT_EQ(both.at_size(above.problem(venue), 100.0).towards, direction::leverage);
}

TEST(BothWays, AtTheTargetNothingIsToBeDone) {
  const liquidity::constant_product venue{.reserve_in = 1e6, .reserve_out = 1e6};
  const cases::worked at(10000.0, 6640.0);
  EXPECT_EQ(both.size(at.problem(venue)).status, errc::already_there);
}

}  // namespace

namespace laws {

struct both_down {
  static constexpr auto sizer() {
    return trimtab::sizing::both_ways{trimtab::sizing::restore_target{.max_slippage = trimtab::basis_points{800.0}},
                                      trimtab::sizing::leverage_up{.max_slippage = trimtab::basis_points{800.0}}};
  }
  static constexpr auto venue(double scale) {
    return trimtab::liquidity::constant_product{.reserve_in = 2e5 * scale, .reserve_out = 2e5 * scale};
  }
  static constexpr auto account(double scale) { return cases::worked(10000.0 * scale, 7800.0 * scale); }
  static constexpr double target() { return 1.25; }
};
struct both_up : both_down {
  static constexpr auto account(double scale) { return cases::worked(10000.0 * scale, 5000.0 * scale); }
};
INSTANTIATE_TYPED_TEST_SUITE_P(BothWaysDown, SizerLaws, both_down);
INSTANTIATE_TYPED_TEST_SUITE_P(BothWaysUp, SizerLaws, both_up);

}  // namespace laws
