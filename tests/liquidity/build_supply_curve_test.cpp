// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/liquidity/build_supply_curve.hpp>
#include <trimtab/liquidity/constant_price.hpp>
#include <trimtab/liquidity/constant_product.hpp>

#include "support/pieces_venue.hpp"
#include <array>
#include <cmath>

namespace trimtab {
namespace {

using liquidity::build_supply_curve;
using liquidity::constant_price;
using liquidity::constant_product;
using liquidity::segment;
using liquidity::supply_memory;
using liquidity::supply_room;
using test::pieces_venue;

constexpr std::array<constant_product, 2> two{constant_product{.reserve_in = 100.0, .reserve_out = 400.0, .fee = {0.0}},
                                              {.reserve_in = 100.0, .reserve_out = 100.0, .fee = {0.0}}};

TEST(BuildSupplyCurve, UnlikeVenuesOneByOneOrTogether) {
  const constant_price quote{.price = 2.0, .cap = 5.0};
  supply_room<3> together, singly;
  const auto at_once = build_supply_curve(together.memory(), two[0], quote, two[1]);
  liquidity::supply_builder builder(singly.memory());
  EXPECT_EQ(builder.add(two[0]), errc::ok);
  EXPECT_EQ(builder.add(quote), errc::ok);
  EXPECT_EQ(builder.add(two[1]), errc::ok);
  const auto one_by_one = builder.build();
  ASSERT_TRUE(at_once.has_value() && one_by_one.has_value());
  for (const double x : {1e-6, 30.0, 41.5, 46.0, 300.0})
    EXPECT_EQ(at_once->amount_out(x), one_by_one->amount_out(x)) << x;
  // The first pool down to a price of 2, then the quote, then both pools.
  const double until = 100.0 * (std::sqrt(2.0) - 1.0);
  EXPECT_NEAR(at_once->amount_out(until + 5.0), two[0].amount_out(until) + 10.0, 1e-11);
}

TEST(BuildSupplyCurve, WhatCannotBeAddedIsRefused) {
  supply_room<2> room;
  EXPECT_EQ(build_supply_curve(room.memory(), constant_product{.reserve_in = -1.0, .reserve_out = 1.0}).error(),
            errc::negative_amount);
  const pieces_venue rising{.piece = {segment<>{1.0, 0.0, 1.0}, {1.1, 0.0, 1.0}}, .count = 2};
  EXPECT_EQ(build_supply_curve(room.memory(), rising).error(), errc::bad_configuration);
  EXPECT_EQ(
      build_supply_curve(room.memory(), pieces_venue{.piece = {segment<>{std::nan(""), 0.0, 1.0}}, .count = 1}).error(),
      errc::not_finite);
  EXPECT_EQ(build_supply_curve(room.memory(), pieces_venue{.piece = {segment<>{0.0, 0.0, 1.0}}, .count = 1}).error(),
            errc::non_positive_price);
  EXPECT_EQ(
      build_supply_curve(room.memory(), pieces_venue{.piece = {segment<>{1.0, 0.0, std::nan("")}}, .count = 1}).error(),
      errc::negative_amount);
  EXPECT_EQ(build_supply_curve(room.memory(), two[0], two[0], two[0], two[0]).error(), errc::capacity);
  EXPECT_EQ(build_supply_curve(supply_memory{}, two[0]).error(), errc::capacity);
  supply_memory narrow = room.memory();
  narrow.placed = narrow.placed.first(1);
  EXPECT_EQ(build_supply_curve<constant_product>(two, narrow).error(), errc::capacity);
}

}  // namespace
}  // namespace trimtab
