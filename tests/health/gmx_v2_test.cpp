// SPDX-License-Identifier: MIT
#include <trimtab/health/gmx_v2.hpp>

#include "laws/health_model_laws.hpp"
#include "laws/health_scalar_laws.hpp"
#include "laws/liquidation_laws.hpp"

namespace trimtab {
namespace {

using health::gmx_v2;
using health::open_long;
using health::open_short;
using namespace trimtab::literals;
using T = test::tolerance<double>;

constexpr asset_id weth{1}, eth_index{2}, usd{3};
// Slots: margin min, index min, index max, 1.
constexpr gmx_v2 market{.margin = weth,
                        .index = eth_index,
                        .usd = usd,
                        .margin_min_slot = {0},
                        .index_min_slot = {1},
                        .index_max_slot = {2},
                        .usd_slot = {3},
                        .liquidation_factor = 100_bps,
                        .opening_factor = 150_bps,
                        .liquidation_fee = 30_bps};
using quotes = std::array<double, 4>;

constexpr account<> trader(double margin, double tokens, double entry) {
  account<> a;
  static_cast<void>(a.add({.asset = weth, .collateral = margin}));
  if (tokens > 0.0) static_cast<void>(open_long(a, {eth_index, usd, tokens, entry}));
  if (tokens < 0.0) static_cast<void>(open_short(a, {eth_index, usd, -tokens, entry}));
  return a;
}
constexpr double health_at(const gmx_v2& model, const account<>& a, const quotes& p) {
  return health_factor(model.liquidation_form<double>(a), oracle_prices<double>(p));
}

// The contract's own steps, in its order; amounts and prices as they come.
struct test_of_the_contract {
  long double remaining = 0.0L, asked = 0.0L;
  bool liquidatable = false;
};
test_of_the_contract contract(const gmx_v2& m, double margin, double tokens, double entry, const quotes& p) {
  const bool is_long = tokens > 0.0;
  const long double n = is_long ? tokens : -tokens, size = static_cast<long double>(n * entry);
  const long double worth = n * (is_long ? p[1] : p[2]);
  long double pnl = is_long ? worth - size : size - worth;
  if (pnl > 0.0L) pnl *= m.profit_share;
  test_of_the_contract out;
  out.remaining = static_cast<long double>(margin) * p[0] + pnl - m.costs;
  const long double by_size = size * m.liquidation_factor.count / 1e4L;
  out.asked = by_size < m.minimum_collateral ? m.minimum_collateral : by_size;
  out.liquidatable = out.remaining < m.minimum_collateral || out.remaining <= 0.0L || out.remaining < by_size;
  return out;
}

// Long 10 at 2000 on 0.5 of margin priced 2000: 1000 + 10·(p − 2000) = 1 % of 20,000 at 1920.
static_assert(health_at(market, trader(0.5, 10.0, 2000.0), {2000.0, 1920.0, 1921.0, 1.0}) == 1.0);
static_assert(health_at(market, trader(0.5, 10.0, 2000.0), {2000.0, 1919.9, 2500.0, 1.0}) < 1.0);
static_assert(health_at(market, trader(0.5, -10.0, 2000.0), {2000.0, 1500.0, 2080.0, 1.0}) == 1.0);
static_assert(health_at(market, trader(0.5, -10.0, 2000.0), {2000.0, 1500.0, 2080.1, 1.0}) < 1.0);

TEST(GmxV2, LiquidatesWhereTheContractDoes) {
  test::random_numbers random(20240910);
  int liquidated = 0, floors = 0, capped = 0, near = 0;
  for (int i = 0; i < 20'000; ++i) {
    gmx_v2 m = market;
    if (random.below(2) == 0) m.profit_share = random.uniform(0.1, 0.9);
    if (random.below(3) == 0) m.minimum_collateral = random.uniform(0.0, 50.0);
    const double entry = random.uniform(1000.0, 3000.0), index = entry * random.uniform(0.8, 1.25);
    const double tokens = (random.below(2) == 0 ? 1.0 : -1.0) * random.log_uniform(1e-2, 1e2);
    const quotes p{random.uniform(1000.0, 3000.0), index, index * random.uniform(1.0, 1.001), 1.0};
    const double size = std::fabs(tokens) * entry;
    m.costs = random.below(2) == 0 ? 0.0 : size * random.log_uniform(1e-5, 0.3);
    const double margin = size * random.log_uniform(5e-3, 1.0) / p[0];
    const account<> a = trader(margin, tokens, entry);
    m = m.at(a, oracle_prices<double>(p));
    ASSERT_EQ(m.validate(a), errc::ok);
    ASSERT_EQ(m.holds_at(a, oracle_prices<double>(p)), errc::ok);
    const test_of_the_contract direct = contract(m, margin, tokens, entry, p);
    const form<> f = m.liquidation_form<double>(a);
    // Health less one is what remains beyond what is asked, over the debt side.
    const double parts =
        weighted_value(f.collateral, oracle_prices<double>(p)) + weighted_value(f.debt, oracle_prices<double>(p));
    EXPECT_TRUE(test::within(headroom(f, oracle_prices<double>(p)),
                             static_cast<double>(direct.remaining - direct.asked), T::sum * parts))
        << i;
    EXPECT_TRUE(
        test::within(m.remaining(a, oracle_prices<double>(p)), static_cast<double>(direct.remaining), T::sum * parts))
        << i;
    const double apart = static_cast<double>(std::fabs(direct.remaining - direct.asked));
    if (apart < T::sum * parts) {
      ++near;
      continue;
    }
    EXPECT_EQ(liquidatable_at(m.liquidation_boundary(), health_at(m, a, p)), direct.liquidatable) << i;
    EXPECT_EQ(m.reported(a, oracle_prices<double>(p)) < 1.0, direct.liquidatable) << i;
    liquidated += direct.liquidatable ? 1 : 0;
    floors += m.piece.at_floor ? 1 : 0;
    capped += m.piece.capped_profit ? 1 : 0;
    for (const form<>& each : {f, m.borrow_form<double>(a)}) {
      for (const term<>& t : each.collateral) EXPECT_TRUE(0.0 <= t.weight && t.weight <= 1.0);
      for (const term<>& t : each.debt) EXPECT_LE(1.0, t.weight);
    }
    EXPECT_LE(health_factor(m.borrow_form<double>(a), oracle_prices<double>(p)), health_at(m, a, p));
  }
  EXPECT_LT(near, 20);
  EXPECT_GT(liquidated, 2000);
  EXPECT_GT(floors, 1000);
  EXPECT_GT(capped, 3000);
}

TEST(GmxV2, AtTheLiquidationPriceTheRatioItPrintsIsOne) {
  test::random_numbers random(20240911);
  for (int i = 0; i < 2000; ++i) {
    const double side = random.below(2) == 0 ? 1.0 : -1.0;
    gmx_v2 m = market;
    m.costs = random.uniform(0.0, 100.0);
    const account<> a = trader(random.uniform(0.2, 1.0), 10.0 * side, 2000.0);
    quotes p{2000.0, 2000.0, 2001.0, 1.0};
    const price_slot slot = side > 0.0 ? m.index_min_slot : m.index_max_slot;
    const liquidation_point point = liquidation_price(m.liquidation_form<double>(a), oracle_prices<double>(p), slot);
    ASSERT_EQ(point.side, side > 0.0 ? liquidation_side::danger_below : liquidation_side::danger_above);
    p[slot.index] = point.price;
    // 20,000 stand against 200: a hundred and more units of rounding in the ratio to one in the sums.
    EXPECT_TRUE(test::within(m.reported(a, oracle_prices<double>(p)), 1.0, 200.0 * T::sum));
    EXPECT_TRUE(test::within(health_at(m, a, p), 1.0, T::formula));
  }
  EXPECT_EQ(market.reported(account<>{}, oracle_prices<double>(quotes{1.0, 1.0, 1.0, 1.0})), infinity);
  EXPECT_TRUE(std::isnan(
      market.reported(trader(0.5, 10.0, 2000.0), oracle_prices<double>(quotes{1.0, std::nan(""), 1.0, 1.0}))));
}

TEST(GmxV2, EqualityIsHealthyWhereSomethingIsAsked) {
  EXPECT_EQ(market.liquidation_boundary(), boundary::below_one);
  gmx_v2 free = market;
  free.liquidation_factor = {};
  EXPECT_EQ(free.liquidation_boundary(), boundary::below_one);
  free.minimum_collateral = 0.0;
  EXPECT_EQ(free.liquidation_boundary(), boundary::at_or_below_one) << "what remains ≤ 0 decides";
}

TEST(GmxV2, WhereProfitsAreCappedTheFormEndsAtTheEntryPriceAndIsOnePositions) {
  gmx_v2 m = market;
  m.profit_share = 0.6;
  for (const double side : {1.0, -1.0}) {
    const account<> a = trader(0.5, 10.0 * side, 2000.0);
    const auto at_index = [](double price) { return quotes{2000.0, price, price, 1.0}; };
    const quotes gain = at_index(2000.0 + 200.0 * side), loss = at_index(2000.0 - 50.0 * side),
                 entry = at_index(2000.0);
    const gmx_v2 winning = m.at(a, oracle_prices<double>(gain)), losing = m.at(a, oracle_prices<double>(loss));
    EXPECT_TRUE(winning.piece.capped_profit);
    EXPECT_FALSE(losing.piece.capped_profit);
    EXPECT_EQ(winning.holds_at(a, oracle_prices<double>(gain)), errc::ok);
    EXPECT_EQ(winning.holds_at(a, oracle_prices<double>(loss)), errc::outside_validity);
    EXPECT_EQ(losing.holds_at(a, oracle_prices<double>(gain)), errc::outside_validity);
    EXPECT_EQ(
        winning.liquidate(a, oracle_prices<double>(loss), {.debt = side > 0.0 ? usd : eth_index, .collateral = weth})
            .error(),
        errc::outside_validity);
    EXPECT_TRUE(test::close(health_at(winning, a, entry), health_at(losing, a, entry), T::route));
    EXPECT_EQ(winning.valid_prices(a, oracle_prices<double>(gain), side > 0.0 ? m.index_min_slot : m.index_max_slot),
              side > 0.0 ? price_range{.low = 2000.0} : price_range{.high = 2000.0});
    EXPECT_EQ(losing.valid_prices(a, oracle_prices<double>(loss), side > 0.0 ? m.index_min_slot : m.index_max_slot),
              side > 0.0 ? price_range{.high = 2000.0} : price_range{.low = 2000.0});
    // 1000 of margin and 60 % of 2000.
    EXPECT_TRUE(test::close(winning.remaining(a, oracle_prices<double>(gain)), 2200.0, T::formula));
    account<> larger_position = a;
    larger_position.find(eth_index)->collateral *= 1.01;
    larger_position.find(eth_index)->debt *= 1.01;
    EXPECT_EQ(winning.holds_at(larger_position, oracle_prices<double>(gain)), errc::outside_validity);
  }
  EXPECT_EQ(market.valid_prices(trader(0.5, 10.0, 2000.0), oracle_prices<double>(quotes{1.0, 1.0, 1.0, 1.0}),
                                market.index_min_slot),
            price_range{});
}

TEST(GmxV2, ATinyPositionIsAskedTheMinimum) {
  const account<> a = trader(0.002, 0.02, 2000.0);  // 4 of margin on a size of 40: 1 % would be 0.4
  const auto at_price = [](double price) { return quotes{2000.0, price, price, 1.0}; };
  const gmx_v2 m = market.at(a, oracle_prices<double>(at_price(2000.0)));
  EXPECT_TRUE(m.piece.at_floor);
  EXPECT_EQ(m.piece.opening_asked, 1.0);
  EXPECT_EQ(market.holds_at(a, oracle_prices<double>(at_price(2000.0))), errc::outside_validity);
  // 4 + 0.02·(p − 2000) = 1
  EXPECT_LT(health_at(m, a, at_price(1849.99)), 1.0);
  EXPECT_GT(health_at(m, a, at_price(1850.01)), 1.0);
  const account<> between = trader(0.01, 0.04, 2000.0);  // 0.8 and 1.2: the share decides for opening alone
  const gmx_v2 n = market.at(between, oracle_prices<double>(at_price(2000.0)));
  EXPECT_TRUE(n.piece.at_floor);
  EXPECT_TRUE(test::close(n.piece.opening_asked, 1.2, T::formula));
  EXPECT_EQ(m.holds_at(between, oracle_prices<double>(at_price(2000.0))), errc::outside_validity);
  EXPECT_EQ(m.holds_at(trader(0.01, 0.06, 2000.0), oracle_prices<double>(at_price(2000.0))), errc::outside_validity);
  EXPECT_EQ(n.holds_at(a, oracle_prices<double>(at_price(2000.0))), errc::outside_validity);
}

TEST(GmxV2, LiquidationClosesThePositionAndReturnsWhatItsCostsAndFeeLeave) {
  const account<> a = trader(0.5, 10.0, 2000.0);
  const quotes p{2000.0, 1915.0, 1916.0, 1.0};  // 150 remain, 200 are asked, the fee is 60
  const liquidation_request request{.debt = usd, .collateral = eth_index};
  const auto out = market.liquidate(a, oracle_prices<double>(p), request);
  ASSERT_TRUE(out.has_value());
  EXPECT_EQ(out->repaid, 20'000.0);
  EXPECT_EQ(out->bad_debt, 0.0);
  EXPECT_EQ(out->seized, 10.0);
  EXPECT_TRUE(out->whole_account);
  EXPECT_TRUE(test::close(out->protocol_fee * 1915.0, 60.0, T::formula));
  EXPECT_TRUE(test::close(out->credited * 2000.0, 90.0, T::formula)) << "in the margin token";
  const account<> left = after_liquidation(a, request, *out);
  EXPECT_EQ(left.find(weth)->collateral, out->credited);
  EXPECT_EQ(left.find(usd)->collateral, 0.0);
  EXPECT_EQ(left.find(eth_index)->collateral, 0.0);
  EXPECT_EQ(left.find(usd)->debt, 0.0);
  EXPECT_EQ(market.liquidate(a, oracle_prices<double>(p), {.debt = usd, .collateral = weth, .repay = 1e4}).error(),
            errc::dust);

  // Costs beyond what is left are nobody's debt in the position's own assets.
  gmx_v2 dear = market;
  dear.costs = 500.0;
  const auto unpaid = dear.liquidate(a, oracle_prices<double>(p), request);
  ASSERT_TRUE(unpaid.has_value());
  EXPECT_EQ(unpaid->bad_debt, 0.0);
  EXPECT_EQ(unpaid->credited, 0.0);

  // What is left of a short is margin, and no position in the index.
  const account<> s = trader(0.5, -10.0, 2000.0);
  const quotes above{2000.0, 2084.0, 2085.0, 1.0};  // 150 remain
  const liquidation_request close_short{.debt = eth_index, .collateral = usd};
  const auto closed = market.liquidate(s, oracle_prices<double>(above), close_short);
  ASSERT_TRUE(closed.has_value());
  EXPECT_TRUE(test::close(closed->credited * 2000.0, 90.0, T::route));
  const account<> after = after_liquidation(s, close_short, *closed);
  EXPECT_EQ(after.find(eth_index)->collateral, 0.0);
  EXPECT_EQ(after.find(eth_index)->debt, 0.0);
  EXPECT_EQ(after.find(weth)->collateral, closed->credited);

  // A short in its margin's stead: 3000 lost on 1000.
  const account<> b = trader(0.5, -10.0, 2000.0);
  const quotes q{2000.0, 2299.0, 2300.0, 1.0};
  const auto lost = market.liquidate(b, oracle_prices<double>(q), {.debt = eth_index, .collateral = weth});
  ASSERT_TRUE(lost.has_value());
  EXPECT_TRUE(test::close(lost->bad_debt * 2300.0, 2000.0, T::route));
  EXPECT_EQ(lost->credited, 0.0);
  EXPECT_EQ(lost->protocol_fee, 0.0);
}

TEST(GmxV2, APriceThatNoFormReadsSpoilsNoAmount) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  // A short reads the upper price of the index only.
  const liquidation_request request{.debt = eth_index, .collateral = weth};
  const quotes q{2000.0, nan, 2300.0, 1.0};
  const account<> b = trader(0.5, -10.0, 2000.0);
  ASSERT_EQ(validate(market.at(b, oracle_prices<double>(q)), b, oracle_prices<double>(q)), errc::ok);
  const auto out = market.at(b, oracle_prices<double>(q)).liquidate(b, oracle_prices<double>(q), request);
  ASSERT_TRUE(out.has_value());
  for (const double amount : {out->repaid, out->seized, out->protocol_fee, out->bad_debt, out->credited})
    EXPECT_TRUE(std::isfinite(amount));
}

TEST(GmxV2, APriceThatOnlyTheEdgeReadsHasToBeThereToo) {
  gmx_v2 m = market;
  m.profit_share = 0.6;
  account<> margin_alone;
  ASSERT_EQ(margin_alone.add({.asset = weth, .collateral = 1.0}), errc::ok);
  const quotes p{2000.0, 2000.0, 2001.0, 1.0};
  for (std::size_t there = 0; there < p.size(); ++there) {
    const oracle_prices<double> few{std::span<const double>(p.data(), there)};
    EXPECT_EQ(validate(m.at(margin_alone, few), margin_alone, few), errc::size_mismatch) << there;
  }
}

TEST(GmxV2, EveryBadNumberHasItsName) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto with = [](auto break_it) {
    gmx_v2 m = market;
    break_it(m);
    return m.validate(trader(0.5, 10.0, 2000.0));
  };
  EXPECT_EQ(with([](gmx_v2&) {}), errc::ok);
  for (const double bad : {nan, -1.0, 10'001.0}) {
    EXPECT_EQ(with([&](gmx_v2& m) { m.liquidation_factor = {bad}; }), errc::threshold_range);
    EXPECT_EQ(with([&](gmx_v2& m) { m.opening_factor = {bad}; }), errc::threshold_range);
    EXPECT_EQ(with([&](gmx_v2& m) { m.liquidation_fee = {bad}; }), errc::threshold_range);
    EXPECT_EQ(with([&](gmx_v2& m) { m.profit_share = bad; }), errc::threshold_range);
  }
  EXPECT_EQ(with([](gmx_v2& m) { m.profit_share = 0.01; }), errc::threshold_range);
  EXPECT_EQ(with([](gmx_v2& m) { m.opening_factor = 99_bps; }), errc::bad_configuration);
  EXPECT_EQ(with([](gmx_v2& m) { m.margin = m.index; }), errc::bad_configuration);
  EXPECT_EQ(with([&](gmx_v2& m) { m.costs = nan; }), errc::not_finite);
  EXPECT_EQ(with([&](gmx_v2& m) { m.minimum_collateral = nan; }), errc::not_finite);
  EXPECT_EQ(with([](gmx_v2& m) { m.costs = -1.0; }), errc::negative_amount);
  account<> two = trader(0.5, 10.0, 2000.0), borrows = two;
  two.find(usd)->collateral = 1.0;
  EXPECT_EQ(market.validate(two), errc::asset_mismatch);
  borrows.find(weth)->debt = 1.0;
  EXPECT_EQ(market.validate(borrows), errc::asset_mismatch);
  account<1> full;
  ASSERT_EQ(full.add({.asset = weth, .collateral = 1.0}), errc::ok);
  EXPECT_EQ(market.validate(full), errc::capacity);
}

TEST(GmxV2, WithCostsThatNobodyKnowsHealthIsNoNumber) {
  gmx_v2 m = market;
  m.costs = std::numeric_limits<double>::quiet_NaN();
  const account<> a = trader(0.5, 10.0, 2000.0);
  const quotes p{2000.0, 2000.0, 2000.0, 1.0};
  EXPECT_TRUE(std::isnan(health_at(m, a, p)));
  EXPECT_EQ(validate(m, a, oracle_prices<double>(p)), errc::not_finite);
}

}  // namespace

namespace laws {
namespace {

using perp = health_case<gmx_v2, 4>;
struct long_case {
  static constexpr bool takes_the_whole_position = true;
  static perp make() {
    return {market, trader(0.5, 10.0, 2000.0), {2000.0, 2000.0, 2001.0, 1.0}, eth_index, usd, {1}, {3}};
  }
  static long double direct(const perp& c) {
    const long double held = static_cast<long double>(c.account[0].collateral) * c.prices[0] +
                             static_cast<long double>(c.account[1].collateral) * c.prices[1];
    return held / (static_cast<long double>(c.account[2].debt) * c.prices[3] * 101 / 100);
  }
};
struct short_case {
  static constexpr bool takes_the_whole_position = true;
  static perp make() {
    return {market, trader(0.5, -10.0, 2000.0), {2000.0, 2000.0, 2001.0, 1.0}, weth, eth_index, {0}, {2}};
  }
  static long double direct(const perp& c) {
    const long double held = static_cast<long double>(c.account[0].collateral) * c.prices[0] +
                             static_cast<long double>(c.account[2].collateral) * c.prices[3] * 99 / 100;
    return held / (static_cast<long double>(c.account[1].debt) * c.prices[2]);
  }
};
using positions = testing::Types<long_case, short_case>;
INSTANTIATE_TYPED_TEST_SUITE_P(GmxV2, HealthModelLaws, positions);
INSTANTIATE_TYPED_TEST_SUITE_P(GmxV2, LiquidationLaws, positions);
INSTANTIATE_TYPED_TEST_SUITE_P(GmxV2, HealthScalarLaws, positions);

}  // namespace
}  // namespace laws
}  // namespace trimtab
