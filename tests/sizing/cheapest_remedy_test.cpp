// SPDX-License-Identifier: MIT
#include <trimtab/liquidity/constant_price.hpp>
#include <trimtab/sizing/borrow_out.hpp>
#include <trimtab/sizing/cheapest_remedy.hpp>
#include <trimtab/sizing/close_position.hpp>
#include <trimtab/sizing/repay_from_wallet.hpp>
#include <trimtab/sizing/restore_target.hpp>
#include <trimtab/sizing/swap_collateral.hpp>
#include <trimtab/sizing/top_up.hpp>

#include "support/remedies.hpp"
#include <array>

namespace trimtab {
namespace {

using liquidity::constant_product;
using sizing::cheapest_remedy;
using sizing::funding_mode;
using sizing::judged_remedy;
using sizing::limit;
using sizing::remedy;
using sizing::remedy_choice;
using sizing::remedy_kind;

const cases::desk plain;
constexpr constant_product pool{.reserve_in = 1e4, .reserve_out = 2e7, .fee = {30.0}};

std::array<remedy, 4> candidates(double in_wallet) {
  auto p = plain.problem(pool);
  p.funding = {funding_mode::flash_debt, {5.0}};
  return {as_remedy(sizing::restore_target{}.size(p), p.borrow, p.prices), sizing::repay_from_wallet{in_wallet}.size(p),
          sizing::top_up{0.2}.size(p), sizing::borrow_out{}.size(p)};
}

TEST(CheapestRemedy, WeighsTheVenueAgainstTheOwnersMoney) {
  const auto all = candidates(5000.0);
  std::array<judged_remedy, 4> judged{};
  // For an hour the owner's money is cheaper than the pool's fee; for a year it is not.
  const auto shortly = cheapest_remedy(std::span<const remedy>(all), 1.25, {0.1, 1.0 / 8760.0}, judged);
  ASSERT_EQ(shortly.status, errc::ok);
  EXPECT_EQ(all[shortly.index].kind, remedy_kind::repay_from_wallet);
  EXPECT_NEAR(shortly.total_cost, 1200.0 * 0.1 / 8760.0, 1e-9);
  EXPECT_EQ(judged[0].why, errc::ok);
  EXPECT_GT(judged[0].total_cost, shortly.total_cost);
  EXPECT_EQ(judged[2].why, errc::infeasible);
  EXPECT_EQ(judged[2].binding, sizing::limit::wallet);
  EXPECT_EQ(judged[3].why, errc::already_there) << "borrowing brings no health";
  const auto long_after = cheapest_remedy(std::span<const remedy>(all), 1.25, {0.1, 1.0});
  EXPECT_EQ(all[long_after.index].kind, remedy_kind::sell);
}

TEST(CheapestRemedy, BreaksTiesByTheWalletAndThenTheOrder) {
  remedy a{.kind = remedy_kind::sell, .status = errc::ok};
  a.health_after = 1.3;
  a.cost.gas = 5.0;
  remedy b = a, c = a;
  b.funds = -10.0, c.funds = 10.0;
  const std::array<remedy, 4> alike{c, a, b, b};
  EXPECT_EQ(cheapest_remedy(std::span<const remedy>(alike), 1.25).index, 2U);
  const std::array<remedy, 2> same{a, a};
  EXPECT_EQ(cheapest_remedy(std::span<const remedy>(same), 1.25).index, 0U);
}

TEST(CheapestRemedy, TakesNothingForGranted) {
  remedy low{.kind = remedy_kind::sell, .status = errc::ok}, odd = low, nan = low;
  low.health_after = 1.2;
  odd.health_after = 1.3, odd.cost.gas = std::nan("");
  nan.health_after = std::nan("");
  const std::array<remedy, 3> bad{low, odd, nan};
  std::array<judged_remedy, 3> judged{};
  const auto none = cheapest_remedy(std::span<const remedy>(bad), 1.25, {}, judged);
  EXPECT_FALSE(none.has_value());
  EXPECT_EQ(none.index, remedy_choice::no_remedy);
  EXPECT_EQ(judged[0].why, errc::infeasible);
  EXPECT_EQ(judged[1].why, errc::not_finite);
  EXPECT_EQ(judged[2].why, errc::infeasible);
  EXPECT_EQ(cheapest_remedy(std::span<const remedy>{}, 1.25).status, errc::infeasible);
  EXPECT_EQ(cheapest_remedy(std::span<const remedy>(bad), 1.25, {-0.1, 1.0}).status, errc::negative_amount);
  EXPECT_EQ(cheapest_remedy(std::span<const remedy>(bad), 1.25, {std::nan(""), 1.0}).status, errc::not_finite);
  EXPECT_EQ(cheapest_remedy(std::span<const remedy>(bad), std::nan("")).status, errc::not_finite);
  EXPECT_EQ(cheapest_remedy(std::span<const remedy>(bad), 0.9).status, errc::bad_configuration);
}

TEST(CheapestRemedy, SaysWhatComesClosestWhereNothingReaches) {
  auto p = plain.problem(pool);  // no loan
  const std::array<remedy, 4> all{sizing::repay_from_wallet{10.0}.size(p), sizing::top_up{0.5}.size(p),
                                  sizing::repay_from_wallet{0.0}.size(p),
                                  sizing::repay_from_wallet{std::nan("")}.size(p)};
  const auto c = cheapest_remedy(std::span<const remedy>(all), 1.25);
  EXPECT_EQ(c.status, errc::infeasible);
  EXPECT_EQ(c.closest, 1U);
  EXPECT_EQ(c.binding, sizing::limit::wallet);
  // One whose health is no number is the closest only where there is no other.
  auto odd = all;
  odd[0].health_after = std::nan("");
  EXPECT_EQ(cheapest_remedy(std::span<const remedy>(odd), 1.25).closest, 1U);
}

TEST(CheapestRemedy, IsTheLeastOfAllThatReachOnAnyAccount) {
  test::random_numbers draw(75);
  std::array<int, 10> taken{};
  int none = 0;
  for (int i = 0; i < 10'000; ++i) {
    auto d = cases::desk::random(draw);
    d.threshold[1] = draw.uniform(0.9, 0.99), d.ltv[1] = d.threshold[1] * 0.97, d.owed[1] = 0.0;
    const auto venue = cases::random_pool(draw, d.price[0] / d.price[1], d.held[0] * 3.0);
    const auto across = cases::random_pool(draw, d.price[0] / d.price[2], d.held[0] * 3.0);
    auto p = d.problem(venue);
    const double before = health_factor(p.liquidation, p.prices);
    p.target = larger(1.01, before * draw.uniform(1.0, 1.5));
    p.gas = {.transaction_gas = 3e5, .price_native = draw.log_uniform(1e-14, 1e-9), .native = {4}};
    auto lent = p;
    lent.funding = {funding_mode::flash_debt, {draw.uniform(0.0, 9.0)}};
    auto swapped = d.problem(across);
    swapped.target = p.target, swapped.gas = p.gas, swapped.funding = {funding_mode::flash_collateral, {5.0}};
    const std::array<remedy, 5> all{
        as_remedy(sizing::restore_target{}.size(lent), p.borrow, p.prices),
        sizing::repay_from_wallet{d.owed[0] * draw.log_uniform(1e-3, 1.0)}.size(p),
        sizing::top_up{d.held[0] * draw.log_uniform(1e-3, 1.0)}.size(p),
        sizing::swap_collateral{.into = cases::other_collateral, .fair_rate = d.price[0] / d.price[2]}.size(swapped),
        sizing::close_position{}.size(lent)};
    const sizing::funds_cost funds{draw.uniform(0.0, 0.2), draw.log_uniform(1e-4, 1.0)};
    const auto c = cheapest_remedy(std::span<const remedy>(all), p.target, funds);
    double least = infinity;
    for (const remedy& r : all)
      if (r.has_value()) {
        ASSERT_EQ(cases::fault_of(p, r), "") << i;
        least = std::fmin(least, r.cost.total() + funds.rate_per_year * funds.years * std::fmax(0.0, r.funds));
      }
    ASSERT_EQ(c.has_value(), least < infinity);
    if (!c.has_value()) {
      ++none;
      continue;
    }
    ASSERT_DOUBLE_EQ(c.total_cost, least);
    ++taken[static_cast<std::size_t>(all[c.index].kind)];
  }
  EXPECT_GT(taken[static_cast<std::size_t>(remedy_kind::sell)], 100);
  EXPECT_GT(taken[static_cast<std::size_t>(remedy_kind::repay_from_wallet)], 100);
  EXPECT_GT(taken[static_cast<std::size_t>(remedy_kind::top_up)], 100);
  EXPECT_GT(taken[static_cast<std::size_t>(remedy_kind::swap_collateral)], 20);
  EXPECT_GT(none, 20);
}

}  // namespace
}  // namespace trimtab
