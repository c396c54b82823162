// SPDX-License-Identifier: MIT
#include <trimtab/liquidity/any_venue.hpp>
#include <trimtab/liquidity/constant_price.hpp>
#include <trimtab/liquidity/frictionless.hpp>
#include <trimtab/liquidity/order_book.hpp>
#include <trimtab/sizing/swap_collateral.hpp>

#include "support/remedies.hpp"
#include "support/unlike_venues.hpp"

namespace trimtab {
namespace {

using liquidity::constant_product;
using sizing::funding_mode;
using sizing::limit;
using sizing::swap_collateral;

// 10 tokens at 2000 and threshold 0.8 against 14000; the other collateral counts for 0.95.
struct better_elsewhere : cases::desk {
  better_elsewhere() { threshold[1] = 0.95, ltv[1] = 0.9; }
};
const better_elsewhere plain;
constexpr constant_product deep{.reserve_in = 1e5, .reserve_out = 1e5 / 30.0, .fee = {5.0}, .gas_units = 1e5};
constexpr swap_collateral over{.into = cases::other_collateral, .fair_rate = 1.0 / 30.0};

TEST(SwapCollateral, SwapsJustEnough) {
  auto p = plain.problem(deep);
  p.target = 1.16;
  const auto r = over.size(p);
  ASSERT_EQ(r.status, errc::ok) << name(r.status) << name(r.binding);
  EXPECT_GE(r.health_after, 1.16);
  EXPECT_LE(r.health_after, 1.16 * (1.0 + 1e-14));
  EXPECT_LE(r.min_out, r.amount_out);
  EXPECT_EQ(cases::fault_of(p, r), "");
  EXPECT_EQ(r.cost.total(), r.cost.spread + r.cost.impact);
  // What is lost on the way, at the prices of the protocol: they are the fair ones here.
  EXPECT_NEAR(r.cost.total(), r.amount * 2000.0 - r.amount_out * 60'000.0, 1e-8);
  auto less = r;
  less.changes[0].collateral_by *= 1.0 - 1e-9, less.changes[1].collateral_by *= 1.0 - 1e-9;
  EXPECT_LT(cases::exact_health(after(p.liquidation, less), p.prices), 1.16L);
}

TEST(SwapCollateral, WithALoanWhereHealthDoesNotAllowItWithout) {
  auto p = plain.problem(deep);
  p.target = 1.3;  // nearly all of it: 20000·0.95 = 19000 against 18200
  const auto without = over.size(p);
  EXPECT_EQ(without.status, errc::infeasible);
  EXPECT_EQ(without.binding, limit::health_floor);
  EXPECT_GT(without.health_after, without.health_before) << "what comes closest";
  EXPECT_EQ(cases::fault_of(p, without), "");
  p.funding = {funding_mode::flash_collateral, {5.0}};
  const auto lent = over.size(p);
  ASSERT_EQ(lent.status, errc::ok) << name(lent.binding);
  EXPECT_EQ(lent.flash, lent.amount);
  EXPECT_NEAR(lent.flash_premium, lent.amount * 5e-4, 1e-15);
  EXPECT_NEAR(lent.cost.premium, lent.flash_premium * 2000.0, 1e-9);
  EXPECT_EQ(cases::fault_of(p, lent), "");
  EXPECT_GE(lent.health_at_min_out, 1.0);
}

TEST(SwapCollateral, PaysGasOutOfWhatComesIn) {
  auto p = plain.problem(deep);
  p.target = 1.16;
  const auto by_tank = over.size(p);
  p.gas = {.transaction_gas = 3e5, .price_native = 2e-8, .paid_from = gas_payer::proceeds, .native = {4}};
  const auto in_kind = over.size(p);
  ASSERT_EQ(in_kind.status, errc::ok);
  EXPECT_NEAR(in_kind.gas_in_kind, 16.0 / 60'000.0, 1e-15);
  EXPECT_NEAR(in_kind.cost.gas, 16.0, 1e-12);
  EXPECT_GT(in_kind.amount, by_tank.amount);
  EXPECT_GE(in_kind.health_after, 1.16);
}

TEST(SwapCollateral, NamesWhatStopsIt) {
  const auto with = [](const swap_collateral& s, auto&& change) {
    auto p = plain.problem(deep);
    p.target = 1.3;
    p.funding = {funding_mode::flash_collateral, {5.0}};
    change(p);
    return s.size(p);
  };
  const auto expect = [](const sizing::remedy& r, errc why, limit binding) {
    EXPECT_EQ(r.status, why) << name(r.status) << " " << name(r.binding);
    EXPECT_EQ(r.binding, binding) << name(r.binding);
  };
  const auto nothing = [](auto&) {};
  expect(with(over, nothing), errc::ok, limit::none);
  expect(with(over, [](auto& p) { p.target = 1.37; }), errc::infeasible, limit::collateral);
  expect(with(over, [](auto& p) { p.collateral_limits.withdrawable = 2.0; }), errc::infeasible, limit::withdrawable);
  expect(with(over, [](auto& p) { p.collateral_limits.flash_loan_available = 2.0; }), errc::infeasible,
         limit::flash_loan);
  expect(with(over, [](auto& p) { p.collateral_limits.flash_loan_enabled = false; }), errc::infeasible,
         limit::flash_loan);
  expect(with(over, [](auto& p) { p.collateral_limits.active = false; }), errc::infeasible, limit::reserve);
  expect(with(over, [](auto& p) { p.collateral_limits.frozen = true; }), errc::ok, limit::none);
  expect(with(over, [](auto& p) { p.funding.mode = funding_mode::flash_debt; }), errc::bad_configuration, limit::none);
  expect(with(over, [](auto& p) { p.target = 1.1; }), errc::already_there, limit::none);
  expect(with(over, [](auto& p) { p.liquidation.collateral[1].weight = 0.79; }), errc::would_worsen, limit::pole);
  expect(with(over, [](auto& p) { p.liquidation.collateral[1].weight = 0.0; }), errc::would_worsen, limit::pole);
  expect(
      with(over,
           [](auto& p) { p.gas = {.transaction_gas = 1e9, .price_native = 1.0, .tank_native = 1.0, .native = {4}}; }),
      errc::gas_tank, limit::none);
  expect(with(over, [](auto& p) { p.venue = nullptr; }), errc::asset_mismatch, limit::none);
  auto s = over;
  s.into_limits.supply_room = 0.1;
  expect(with(s, nothing), errc::infeasible, limit::supply_room);
  s = over;
  s.into_limits.frozen = true;
  expect(with(s, nothing), errc::infeasible, limit::reserve);
  s = over;
  s.into = cases::collateral_asset;
  expect(with(s, nothing), errc::asset_mismatch, limit::none);
  s.into = asset_id{77};
  expect(with(s, nothing), errc::asset_mismatch, limit::none);
  s = over;
  s.max_slippage = {5.5};  // the fee is five of them
  expect(with(s, nothing), errc::infeasible, limit::slippage);
  s = over;
  s.fair_rate = std::nan("");
  expect(with(s, nothing), errc::not_finite, limit::none);
  s.fair_rate = 0.0;
  expect(with(s, nothing), errc::non_positive_price, limit::none);
  s = over;
  s.into_limits.supply_room = std::nan("");
  expect(with(s, nothing), errc::negative_amount, limit::none);
  s = over;
  s.health_floor = 0.9;
  expect(with(s, nothing), errc::bad_configuration, limit::none);
  // A pool too shallow; a quote too small; a protocol that asks the borrow form.
  const constant_product shallow{.reserve_in = 20.0, .reserve_out = 20.0 / 30.0};
  auto p = plain.problem(shallow);
  s = over;
  s.max_slippage = {2500.0};
  p.funding = {funding_mode::flash_collateral, {5.0}};
  expect(s.size(p), errc::infeasible, limit::depth);
  const liquidity::constant_price quote{.price = 1.0 / 30.0, .cap = 1.0};
  auto capped = plain.problem(quote);
  expect(over.size(capped), errc::infeasible, limit::capacity);
  auto strict = plain.problem(deep);
  strict.withdrawal = withdrawal_check::borrow_form;
  strict.target = 1.3;
  expect(over.size(strict), errc::infeasible, limit::borrow_form);
}

TEST(SwapCollateral, OfAGivenSizeKeepsTheSameLimits) {
  auto p = plain.problem(deep);
  EXPECT_EQ(over.at_size(p, 0.0).status, errc::dust);
  EXPECT_EQ(over.at_size(p, std::nan("")).status, errc::not_finite);
  EXPECT_EQ(over.at_size(p, 1.0).status, errc::ok);
  EXPECT_EQ(over.at_size(p, 10.1).binding, limit::collateral);
  EXPECT_EQ(over.at_size(p, 2.0).binding, limit::health_floor);
  p.funding.mode = funding_mode::flash_collateral;
  EXPECT_EQ(over.at_size(p, 10.0).status, errc::ok);
}

TEST(SwapCollateral, KeepsEveryLimitOnAnyAccountAndVenue) {
  using any = liquidity::any_venue<constant_product, liquidity::constant_price, liquidity::frictionless>;
  test::random_numbers draw(67);
  int reached = 0, short_of = 0, unreachable_confirmed = 0;
  for (int i = 0; i < 20'000; ++i) {
    auto d = cases::desk::random(draw);
    if (draw.below(2) == 0) d.threshold[1] = draw.uniform(0.9, 0.99), d.ltv[1] = d.threshold[1] * 0.95;
    const double rate = d.price[0] / d.price[2];
    any venue = cases::random_pool(draw, rate, d.held[0]);
    if (draw.below(4) == 0)
      venue = liquidity::constant_price{.price = rate * draw.uniform(0.97, 1.02),
                                        .cap = d.held[0] * draw.uniform(0.1, 2.0)};
    if (draw.below(8) == 0) venue = liquidity::frictionless{rate * draw.uniform(0.97, 1.02)};
    auto p = d.problem(venue);
    const double before = health_factor(p.liquidation, p.prices);
    p.target = larger(1.001, before * draw.uniform(1.0, 1.2));
    if (draw.below(3) != 0) p.funding = {funding_mode::flash_collateral, {draw.uniform(0.0, 30.0)}};
    if (draw.below(3) == 0) p.withdrawal = withdrawal_check::borrow_form;
    p.collateral_limits.withdrawable = cases::random_room(draw, d.held[0]);
    p.collateral_limits.flash_loan_available = cases::random_room(draw, d.held[0]);
    const swap_collateral s{.into = cases::other_collateral,
                            .into_limits = {.supply_room = cases::random_room(draw, d.held[0] * rate)},
                            .fair_rate = rate,
                            .max_slippage = {draw.uniform(10.0, 1500.0)}};
    const auto r = s.size(p);
    if (r.amount == 0.0) continue;
    ASSERT_EQ(cases::fault_of(p, r), "") << i;
    ASSERT_LE(r.amount_out, s.into_limits.supply_room) << i;
    if (r.flash > 0.0) {
      ASSERT_LE(r.flash, p.collateral_limits.flash_loan_available) << i;
    }
    ASSERT_GE(r.amount_out, r.min_out);
    ASSERT_GE(r.health_at_min_out, 1.0) << i;
    // Without a loan the collateral has left before anything has come in.
    auto between = r;
    if (r.flash == 0.0) between.changes[1].collateral_by = 0.0;
    ASSERT_GE(cases::exact_health(after(p.liquidation, between), p.prices), 1.0L - 1e-15L) << i;
    if (r.flash == 0.0 && p.withdrawal == withdrawal_check::borrow_form) {
      ASSERT_GE(cases::exact_health(after(p.borrow, between), p.prices), 1.0L - 1e-15L) << i;
    }
    (r.has_value() ? reached : short_of) += 1;
    if (r.has_value()) {  // the least that does
      const double x = r.amount * (1.0 - 1e-9);
      auto less = r;
      less.changes[0].collateral_by *= 1.0 - 1e-9;
      less.changes[1].collateral_by = venue.amount_out(x) - r.gas_in_kind;
      ASSERT_LT(cases::exact_health(after(p.liquidation, less), p.prices), p.target * (1.0L + 1e-14L)) << i;
    }
    if (!r.has_value() && r.binding == limit::depth) {
      // No size on a fine grid does it.
      for (int k = 1; k <= 200; ++k) {
        const auto other = s.at_size(p, d.held[0] * k / 200.0);
        ASSERT_FALSE(other.has_value() && other.health_after >= p.target * (1.0 + 1e-12)) << i;
      }
      ++unreachable_confirmed;
    }
  }
  EXPECT_GT(reached, 500);
  EXPECT_GT(short_of, 500);
  EXPECT_GT(unreachable_confirmed, 50);
}

/// A pool that pays nothing for the first hundredth of a token: concave nowhere near 0, and not in pieces.
struct reluctant {
  constant_product beyond{};
  static constexpr bool always_concave = false;

  [[nodiscard]] static constexpr double past(double x) noexcept { return larger(0.0, x - 0.01); }
  [[nodiscard]] constexpr errc validate() const noexcept { return beyond.validate(); }
  [[nodiscard]] constexpr double amount_out(double x) const noexcept { return beyond.amount_out(past(x)); }
  [[nodiscard]] constexpr double amount_in(double y) const noexcept { return 0.01 + beyond.amount_in(y); }
  [[nodiscard]] constexpr executable_price<double> marginal_price(double x) const noexcept {
    return {x > 0.01 ? beyond.marginal_price(past(x)).value : 0.0};
  }
  [[nodiscard]] constexpr double amount_at(executable_price<double> at) const noexcept {
    return 0.01 + beyond.amount_at(at);
  }
  [[nodiscard]] constexpr double best_value(executable_price<double> at) const noexcept {
    return larger(0.0, beyond.best_value(at) - 0.01 * at.value);
  }
  [[nodiscard]] constexpr double loss(double x) const noexcept { return -amount_out(x); }
  [[nodiscard]] constexpr double capacity() const noexcept { return infinity; }
  [[nodiscard]] constexpr double gas(double x) const noexcept { return beyond.gas(x); }
  [[nodiscard]] constexpr reluctant after(double x) const noexcept { return {beyond.after(past(x))}; }
  [[nodiscard]] static constexpr std::size_t segment_count() noexcept { return 0; }
  [[nodiscard]] static constexpr std::size_t segments(std::span<liquidity::segment<>>) noexcept { return 0; }
};
static_assert(Venue<reluctant> && !Pieced<reluctant>);

TEST(SwapCollateral, ProvesNothingOnAVenueThatIsNotConcave) {
  const reluctant odd{deep};
  auto p = plain.problem(odd);
  p.funding = {funding_mode::flash_collateral, {5.0}};
  p.target = 1.2;
  const auto r = over.size(p);
  ASSERT_EQ(r.status, errc::ok) << name(r.status) << name(r.binding);
  EXPECT_EQ(cases::fault_of(p, r), "");
  p.target = 1.4;
  const auto none = over.size(p);
  EXPECT_EQ(none.status, errc::no_convergence);
  EXPECT_NE(none.binding, limit::none);
}

TEST(SwapCollateral, TellsTheBoundaryToTwelveDigits) {
  // The best this pool gives: 16000 and 57000 of what is best sold at the price where nothing more is gained.
  const constant_product pool{.reserve_in = 60.0, .reserve_out = 2.0, .fee = {0.0}};
  const double most = (16'000.0 + 57'000.0 * pool.best_value(executable_price<double>{1600.0 / 57'000.0})) / 14'000.0;
  auto p = plain.problem(pool);
  p.funding = {funding_mode::flash_collateral, {0.0}};
  auto s = over;
  s.max_slippage = {2500.0};
  p.target = most * (1.0 - 1e-12);
  EXPECT_EQ(s.size(p).status, errc::ok);
  p.target = most * (1.0 + 1e-12);
  const auto beyond = s.size(p);
  EXPECT_EQ(beyond.status, errc::infeasible);
  EXPECT_EQ(beyond.binding, limit::depth);
  EXPECT_NEAR(beyond.health_after, most, 1e-14);
  // And the edge of the room for what comes in.
  p.target = 1.15;
  const double needed = s.size(p).amount_out;
  for (const double gap : {-1e-12, 1e-12}) {
    s.into_limits.supply_room = needed * (1.0 + gap);
    const auto r = s.size(p);
    EXPECT_EQ(r.status, gap > 0.0 ? errc::ok : errc::infeasible);
    EXPECT_EQ(r.binding, gap > 0.0 ? limit::none : limit::supply_room);
    EXPECT_LE(r.amount_out, s.into_limits.supply_room);
  }
}

TEST(SwapCollateral, DoesNotMindTheDecimalsOfAToken) {
  const double up = 0x1p60;
  auto tiny = plain;
  tiny.held[0] *= up, tiny.price[0] /= up;
  const constant_product scaled{.reserve_in = deep.reserve_in * up, .reserve_out = deep.reserve_out, .fee = deep.fee};
  auto p = plain.problem(deep), q = tiny.problem(scaled);
  p.target = q.target = 1.16;
  auto s = over;
  s.fair_rate /= up;
  const auto a = over.size(p), b = s.size(q);
  ASSERT_TRUE(a.has_value() && b.has_value());
  EXPECT_NEAR(b.amount / up, a.amount, 1e-14 * a.amount);
}

TEST(SwapCollateral, PaysTheGasOfItsOwnSizeAndNotOfTheWholeBalance) {
  constexpr std::array<liquidity::book_level, 3> bids{{{1.0 / 30.0, 2.0}, {0.999 / 30.0, 4.0}, {0.998 / 30.0, 10.0}}};
  std::array<liquidity::book_node, 3> levels{};
  ASSERT_TRUE(liquidity::build_order_book(bids, levels).has_value());
  const liquidity::order_book book{.levels = levels, .gas_units = 1e5, .gas_per_level = 1e6};
  auto p = plain.problem(book);
  p.gas = {.transaction_gas = 1e5, .price_native = 1e-8, .tank_native = 1.5e-2, .native = {4}};
  for (const double target : {1.15, 1.17, 1.2, 1.22, 1.28}) {
    p.target = target;
    const auto r = over.size(p);
    const double levels_touched = r.amount <= 2.0 ? 1.0 : r.amount <= 6.0 ? 2.0 : 3.0;
    const double fee = (2e5 + (levels_touched - 1.0) * 1e6) * 1e-8;
    if (r.has_value()) {
      EXPECT_DOUBLE_EQ(r.cost.gas, fee * p.prices[{4}].value) << target;
      EXPECT_EQ(over.at_size(p, r.amount).cost.gas, r.cost.gas);
      EXPECT_LE(levels_touched, 2.0) << "for more the tank does not reach";
    } else {
      EXPECT_TRUE(r.status == errc::gas_tank || r.binding == limit::health_floor) << name(r.status) << name(r.binding);
    }
  }
  p.target = 1.15;
  EXPECT_EQ(over.size(p).status, errc::ok);
}

// Not concave, 30 % off for a small sale: too dear at the size that would do says nothing of other sizes.
TEST(SwapCollateral, SlippageAtOneSizeProvesNothingOfACurveThatIsNotConcave) {
  const test_venue::rebate dear{deep, 0.3, 10.0};
  auto p = plain.problem(dear);
  p.target = health_factor(p.liquidation, p.prices) * 1.001;
  p.funding = {funding_mode::flash_collateral, {}};
  const auto r = over.size(p);
  EXPECT_EQ(r.status, errc::no_convergence) << name(r.status) << name(r.binding);
  EXPECT_EQ(r.binding, limit::slippage);
}

}  // namespace
}  // namespace trimtab
