// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/liquidity/constant_price.hpp>
#include <trimtab/sizing/weights_problem.hpp>

#include <array>

namespace {

using namespace trimtab;
using liquidity::constant_price;

/// Redeems a share after a day.
struct queue : constant_price {
  [[nodiscard]] static constexpr seconds delay() noexcept { return seconds{86'400}; }
  [[nodiscard]] constexpr queue after(double x) const noexcept { return {constant_price::after(x)}; }
};

TEST(WeightsProblem, TakesNoMoreLegsThanItHasRoomForAndNoVenueThatPaysLater) {
  const std::array prices{2.0, 1.0, 1.0};
  std::array<sizing::weight_leg<queue>, 3> legs{};
  legs[0] = {.asset = {0}};
  legs[1] = {.asset = {1}, .numeraire = true};
  sizing::weights_problem<queue, 2> p{.prices = oracle_prices<double>(prices), .legs = legs};
  EXPECT_EQ(check(p), errc::capacity);
  (void)p.liquidation.collateral.add({1.0, 0.8, {0}, {0}});
  (void)p.liquidation.collateral.add({1.0, 0.8, {1}, {1}});
  p.legs = std::span(legs).first(2);
  EXPECT_EQ(check(p), errc::ok);
  const queue slow{{.price = 1.0, .cap = 1.0}};
  legs[0].buy = &slow;
  EXPECT_EQ(check(p), errc::bad_configuration);
  legs[0].buy = nullptr;
  legs[0].numeraire = true;
  EXPECT_EQ(check(p), errc::bad_configuration) << "a second numeraire";
  legs[1].numeraire = false;
  EXPECT_EQ(check(p), errc::bad_configuration) << "at another price than the numeraire's";
  p.numeraire_price = 2.0;
  EXPECT_EQ(check(p), errc::ok);
  p.funding = {.mode = sizing::funding_mode::flash_collateral};
  EXPECT_EQ(check(p), errc::bad_configuration);
  p.funding = {.premium = {-1.0}};
  EXPECT_EQ(check(p), errc::bad_configuration);
  p.funding = {};
  p.health_floor = 0.5;
  EXPECT_EQ(check(p), errc::bad_configuration);
}

}  // namespace
