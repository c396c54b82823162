// SPDX-License-Identifier: MIT
#include <trimtab/sizing/remedy.hpp>
#include <trimtab/sizing/restore_target.hpp>

#include "support/remedies.hpp"
#include <string_view>
#include <type_traits>

namespace trimtab {
namespace {

using liquidity::constant_product;
using sizing::remedy;
using sizing::remedy_kind;

static_assert(std::is_trivially_copyable_v<remedy>);

constexpr constant_product pool{.reserve_in = 1e5, .reserve_out = 2e8};
const cases::desk plain;

TEST(Remedy, EveryKindHasItsName) {
  EXPECT_EQ(std::string_view(name(remedy_kind::none)), "none");
  EXPECT_EQ(std::string_view(name(remedy_kind::sell)), "sell");
  EXPECT_EQ(std::string_view(name(remedy_kind::swap_collateral)), "swap_collateral");
  EXPECT_EQ(std::string_view(name(remedy_kind::close_position)), "close_position");
}

TEST(Remedy, OfATradeIsTheTrade) {
  auto p = plain.problem(pool);
  p.funding = {sizing::funding_mode::flash_debt, {5.0}};
  const auto s = sizing::restore_target{}.size(p);
  ASSERT_TRUE(s.has_value());
  const remedy r = as_remedy(s, p.borrow, p.prices);
  EXPECT_EQ(r.kind, remedy_kind::sell);
  EXPECT_EQ(cases::fault_of(p, r), "");
  EXPECT_EQ(r.cost.total(), s.trade.cost.total());
  EXPECT_EQ(r.amount, s.trade.sold);
  EXPECT_EQ(health_factor(after(p.liquidation, r), p.prices), s.trade.health_after);
  EXPECT_EQ(health_factor(after(p.borrow, r), p.prices), r.borrow_health_after);
  EXPECT_EQ(r.funds, 0.0);
  p.target = 1.1;
  const remedy there = as_remedy(sizing::restore_target{}.size(p), p.borrow, p.prices);
  EXPECT_EQ(there.status, errc::already_there);
  EXPECT_EQ(there.health_after, there.health_before);
  EXPECT_DOUBLE_EQ(there.health_before, 16.0 / 14.0);
  p.fair_rate = std::nan("");
  const remedy unsound = as_remedy(sizing::restore_target{}.size(p), p.borrow, p.prices);
  EXPECT_EQ(unsound.status, errc::not_finite);
  EXPECT_EQ(unsound.health_after, 0.0) << "what nobody could read is not safe";
}

TEST(Remedy, TheAccountIsLookedAtBeforeAnythingIsComputed) {
  const auto after_change = [](auto&& change) {
    auto p = plain.problem(pool);
    change(p);
    return check_account(p);
  };
  EXPECT_EQ(after_change([](auto&) {}), errc::ok);
  EXPECT_EQ(after_change([](auto& p) { p.venue = nullptr; }), errc::ok);
  EXPECT_EQ(after_change([](auto& p) { p.prices = {}; }), errc::size_mismatch);
  EXPECT_EQ(after_change([](auto& p) { p.borrow.collateral[0].slot = {9}; }), errc::size_mismatch);
  EXPECT_EQ(after_change([](auto& p) { p.borrow.collateral[0].weight = std::nan(""); }), errc::not_finite);
  EXPECT_EQ(after_change([](auto& p) { p.liquidation.debt[0].amount = infinity; }), errc::not_finite);
  EXPECT_EQ(after_change([](auto& p) { p.liquidation.debt[0].weight = -1.0; }), errc::negative_amount);
  EXPECT_EQ(after_change([](auto& p) { p.gas.price_native = -1.0; }), errc::negative_amount);
  EXPECT_EQ(after_change([](auto& p) {
              p.gas.price_native = 1.0;
              p.gas.native = {77};
            }),
            errc::size_mismatch);
  EXPECT_EQ(after_change([](auto& p) { p.collateral_unit = -1.0; }), errc::negative_amount);
  EXPECT_EQ(after_change([](auto& p) { p.debt_unit = std::nan(""); }), errc::negative_amount);
  EXPECT_EQ(after_change([](auto& p) { p.collateral_limits.supply_room = -1.0; }), errc::negative_amount);
  EXPECT_EQ(after_change([](auto& p) { p.funding.premium = {-1.0}; }), errc::bad_configuration);
  EXPECT_EQ(after_change([](auto& p) { p.target = 0.9; }), errc::bad_configuration);
  auto d = plain;
  d.price[2] = 0.0;
  EXPECT_EQ(check_account(d.problem(pool)), errc::non_positive_price);
  d.price[2] = std::nan("");
  EXPECT_EQ(check_account(d.problem(pool)), errc::not_finite);
}

}  // namespace
}  // namespace trimtab
