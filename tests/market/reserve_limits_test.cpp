// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/market/reserve_limits.hpp>

#include <limits>

namespace trimtab {
namespace {

constexpr reserve_limits open{.asset = {1}};
static_assert(open.can_reduce() && open.can_grow() && open.flash_loan_room() == infinity);
static_assert(open.borrow_room == infinity && open.supply_room == infinity && open.withdrawable == infinity);

constexpr reserve_limits table[] = {{.asset = {1}, .borrow_room = 5.0}, {.asset = {2}, .frozen = true}};
static_assert(limits_of(table, {1}).borrow_room == 5.0);
static_assert(limits_of(table, {2}).frozen);
static_assert(limits_of(table, {3}).borrow_room == infinity && limits_of(table, {3}).asset == asset_id{3});
static_assert(validate(table) == errc::ok && validate(std::span<const reserve_limits>{}) == errc::ok);

TEST(ReserveLimits, FrozenMayOnlyShrink) {
  constexpr reserve_limits frozen{.frozen = true};
  EXPECT_TRUE(frozen.can_reduce());
  EXPECT_FALSE(frozen.can_grow());
}

TEST(ReserveLimits, PausedOrInactiveMayDoNothing) {
  for (const reserve_limits& closed : {reserve_limits{.active = false}, reserve_limits{.paused = true}}) {
    EXPECT_FALSE(closed.can_reduce());
    EXPECT_FALSE(closed.can_grow());
    EXPECT_EQ(closed.flash_loan_room(), 0.0);
  }
}

TEST(ReserveLimits, FlashLoansHaveASwitchOfTheirOwn) {
  EXPECT_EQ((reserve_limits{.flash_loan_enabled = false}.flash_loan_room()), 0.0);
  EXPECT_EQ((reserve_limits{.flash_loan_available = 7.0}.flash_loan_room()), 7.0);
}

TEST(ReserveLimits, ANaNRoomIsRefusedLikeANegativeOne) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const double bad : {nan, -1.0}) {
    for (const reserve_limits& r : {reserve_limits{.borrow_room = bad}, reserve_limits{.supply_room = bad},
                                    reserve_limits{.withdrawable = bad}, reserve_limits{.flash_loan_available = bad}})
      EXPECT_EQ(validate({&r, 1}), errc::negative_amount);
  }
}

TEST(ReserveLimits, NoRoomIsALimitAndNotAnError) {
  constexpr reserve_limits full{
      .borrow_room = 0.0, .supply_room = 0.0, .withdrawable = 0.0, .flash_loan_available = 0.0};
  EXPECT_EQ(validate({&full, 1}), errc::ok);
}

}  // namespace
}  // namespace trimtab
