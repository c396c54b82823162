// SPDX-License-Identifier: MIT
#include <trimtab/health/hyperliquid.hpp>
#include <trimtab/health/perp_position.hpp>

#include "laws/health_model_laws.hpp"
#include "laws/health_scalar_laws.hpp"
#include "laws/liquidation_laws.hpp"

namespace trimtab {
namespace {

using health::hyperliquid;
using health::open_long;
using health::open_short;
using namespace trimtab::literals;
using T = test::tolerance<double>;

constexpr asset_id eth{1}, btc{2}, usdc{3};
constexpr std::array<health::hyperliquid_tier, 2> eth_tiers{{{0.0, 200_bps}, {100'000.0, 500_bps}}};
constexpr std::array<health::hyperliquid_tier, 3> btc_tiers{
    {{0.0, 125_bps}, {150'000.0, 250_bps}, {600'000.0, 500_bps}}};
constexpr std::array<health::hyperliquid_market, 2> listed{
    {{.index = eth, .slot = {0}, .tiers = eth_tiers, .initial_margin = 1000_bps},
     {.index = btc, .slot = {1}, .tiers = btc_tiers}}};
constexpr hyperliquid venue{.quote = usdc, .quote_slot = {2}, .markets = listed};

constexpr account<> trader(double cash, double eth_tokens, double eth_entry, double btc_tokens = 0.0,
                           double btc_entry = 0.0) {
  account<> a;
  static_cast<void>(a.add({.asset = usdc, .collateral = cash}));
  const auto trade = [&](asset_id index, double tokens, double entry) {
    if (tokens > 0.0) static_cast<void>(open_long(a, {index, usdc, tokens, entry}));
    if (tokens < 0.0) static_cast<void>(open_short(a, {index, usdc, -tokens, entry}));
  };
  trade(eth, eth_tokens, eth_entry);
  trade(btc, btc_tokens, btc_entry);
  return a;
}
using marks = std::array<double, 3>;
constexpr double health_at(const hyperliquid& model, const account<>& a, const marks& p) {
  return health_factor(model.liquidation_form<double>(a), oracle_prices<double>(p));
}

// Long 10 ETH at 2000 with 1000 of margin: liquidated where 1000 + 10·(p − 2000) = 2 % of 10·p.
constexpr double long_price = 19'000.0 / 9.8;
static_assert(health_at(venue, trader(1000.0, 10.0, 2000.0), {long_price * 1.0001, 1.0, 1.0}) > 1.0);
static_assert(health_at(venue, trader(1000.0, 10.0, 2000.0), {long_price * 0.9999, 1.0, 1.0}) < 1.0);
// Short: 1000 + 10·(2000 − p) = 2 % of 10·p.
constexpr double short_price = 21'000.0 / 10.2;
static_assert(health_at(venue, trader(1000.0, -10.0, 2000.0), {short_price * 1.0001, 1.0, 1.0}) < 1.0);
static_assert(health_at(venue, trader(1000.0, -10.0, 2000.0), {short_price * 0.9999, 1.0, 1.0}) > 1.0);
static_assert(venue.equity(trader(1000.0, 10.0, 2000.0), oracle_prices<double>(marks{2100.0, 1.0, 1.0})) == 2000.0);
static_assert(venue.maintenance(trader(1000.0, -10.0, 2000.0), oracle_prices<double>(marks{2100.0, 1.0, 1.0})) ==
              420.0);
static_assert(venue.withdrawal_checked_by() == withdrawal_check::borrow_form);

// The exchange's own: price − side·margin available / size / (1 − l·side).
double published_liquidation_price(const hyperliquid& model, const account<>& a, const marks& p, std::size_t k) {
  const holding& h = *a.find(listed[k].index);
  const double side = h.collateral > 0.0 ? 1.0 : -1.0, size = h.collateral + h.debt;
  const double available = model.equity(a, oracle_prices<double>(p)) - model.maintenance(a, oracle_prices<double>(p));
  const double l = listed[k].tiers[model.tier[k]].maintenance.fraction();
  return p[k] - side * available / size / (1.0 - l * side);
}

TEST(Hyperliquid, TheLiquidationPriceIsTheOneThatTheExchangePublishes) {
  test::random_numbers random(20240902);
  int reached = 0, tiered = 0;
  for (int i = 0; i < 3000; ++i) {
    const marks p{random.uniform(1000.0, 4000.0), random.uniform(20e3, 80e3), 1.0};
    const auto size = [&](double of) {
      return (random.below(2) == 0 ? 1.0 : -1.0) * random.log_uniform(1.0, 500.0) * of;
    };
    const account<> a = trader(random.log_uniform(1e3, 1e5), size(1.0), p[0] * random.uniform(0.9, 1.1), size(0.03),
                               p[1] * random.uniform(0.9, 1.1));
    const hyperliquid model = venue.at(a, oracle_prices<double>(p));
    ASSERT_EQ(model.validate(a), errc::ok);
    ASSERT_EQ(model.holds_at(a, oracle_prices<double>(p)), errc::ok);
    for (std::size_t k = 0; k < 2; ++k) {
      const liquidation_point point =
          liquidation_price(model.liquidation_form<double>(a), oracle_prices<double>(p), listed[k].slot);
      const double published = published_liquidation_price(model, a, p, k);
      if (point.side == liquidation_side::unreachable) {
        EXPECT_LE(published, p[k] * 1e-9);
        continue;
      }
      ++reached;
      tiered += model.tier[k] > 0 ? 1 : 0;
      const holding& h = *a.find(listed[k].index);
      EXPECT_EQ(point.side, h.collateral > 0.0 ? liquidation_side::danger_below : liquidation_side::danger_above);
      // All the account holds and owes, over what moves with the mark: what the difference loses.
      const double parts = weighted_value(model.liquidation_form<double>(a).collateral, oracle_prices<double>(p)) +
                           weighted_value(model.liquidation_form<double>(a).debt, oracle_prices<double>(p));
      const double slack = T::sum * parts / (h.collateral + h.debt);
      EXPECT_TRUE(test::within(point.price, published, slack)) << i;

      // There the printed ratio is 1 as the form is.
      marks there = p;
      there[k] = point.price;
      const double maintenance = model.maintenance(a, oracle_prices<double>(there));
      EXPECT_TRUE(test::within(model.equity(a, oracle_prices<double>(there)), maintenance,
                               T::sum * parts + T::sum * (h.collateral + h.debt) * there[k]));
    }
  }
  EXPECT_GT(reached, 2000);
  EXPECT_GT(tiered, 500);
}

TEST(Hyperliquid, TheRatioItPrintsIsOneExactlyWhereHealthIs) {
  test::random_numbers random(20240903);
  for (int i = 0; i < 3000; ++i) {
    const double side = random.below(2) == 0 ? 1.0 : -1.0;
    const account<> a = trader(1000.0, 10.0 * side, 2000.0);
    const double edge = side > 0.0 ? long_price : short_price;
    const double away = (random.below(2) == 0 ? 1.0 : -1.0) * random.log_uniform(1e-12, 1e-2);
    const marks p{edge * (1.0 + away), 1.0, 1.0};
    const double reported = venue.reported(a, oracle_prices<double>(p));
    EXPECT_EQ(reported<1.0, away * side> 0.0) << away;
    EXPECT_EQ(health_at(venue, a, p) > 1.0, away * side > 0.0) << away;
  }
  const account<> a = trader(1000.0, 10.0, 2000.0);
  EXPECT_TRUE(test::close(venue.reported(a, oracle_prices<double>(marks{2000.0, 1.0, 1.0})), 0.4, T::formula));
  EXPECT_EQ(venue.reported(a, oracle_prices<double>(marks{1900.0, 1.0, 1.0})), infinity) << "no equity is left";
  EXPECT_EQ(venue.reported(trader(1000.0, 0.0, 0.0), oracle_prices<double>(marks{1900.0, 1.0, 1.0})), 0.0);
  EXPECT_TRUE(std::isnan(venue.reported(a, oracle_prices<double>(marks{std::nan(""), 1.0, 1.0}))));
}

TEST(Hyperliquid, OpeningCostsNothingAndPositionsShareTheirMargin) {
  const marks p{2000.0, 50'000.0, 1.0};
  const double alone = venue.equity(trader(1000.0, 0.0, 0.0), oracle_prices<double>(p));
  EXPECT_EQ(venue.equity(trader(1000.0, 10.0, 2000.0, -0.2, 50'000.0), oracle_prices<double>(p)), alone);
  // 2 % of 20,000 and 1.25 % of 10,000.
  EXPECT_TRUE(test::close(venue.maintenance(trader(1000.0, 10.0, 2000.0, -0.2, 50'000.0), oracle_prices<double>(p)),
                          525.0, T::formula));
}

TEST(Hyperliquid, BeyondItsTierAModelRefusesAndTheEdgeIsWhereItSays) {
  const account<> a = trader(50'000.0, 40.0, 2000.0);
  const marks p{2000.0, 50'000.0, 1.0};
  const hyperliquid model = venue.at(a, oracle_prices<double>(p));
  const price_range range = model.valid_prices(a, oracle_prices<double>(p), {0});
  EXPECT_EQ(range.low, 0.0);
  EXPECT_EQ(range.high, 2500.0);
  EXPECT_EQ(model.holds_at(a, oracle_prices<double>(marks{2500.0, 5e4, 1.0})), errc::ok);
  const marks beyond{2500.01, 5e4, 1.0};
  EXPECT_EQ(model.holds_at(a, oracle_prices<double>(beyond)), errc::outside_validity);
  EXPECT_EQ(validate(model, a, oracle_prices<double>(beyond)), errc::outside_validity);
  EXPECT_EQ(model.liquidate(a, oracle_prices<double>(beyond), {.debt = usdc, .collateral = eth}).error(),
            errc::outside_validity);
  const hyperliquid next = venue.at(a, oracle_prices<double>(beyond));
  EXPECT_EQ(next.tier[0], 1);
  EXPECT_EQ(next.valid_prices(a, oracle_prices<double>(beyond), {0}), (price_range{.low = 2500.0}));
  EXPECT_EQ(next.holds_at(a, oracle_prices<double>(p)), errc::outside_validity);
  // At the edge both pieces say the same.
  EXPECT_TRUE(test::close(health_at(model, a, {2500.0, 5e4, 1.0}), health_at(next, a, {2500.0, 5e4, 1.0}), T::route) ||
              test::within(headroom(model.liquidation_form<double>(a), oracle_prices<double>(marks{2500.0, 5e4, 1.0})),
                           headroom(next.liquidation_form<double>(a), oracle_prices<double>(marks{2500.0, 5e4, 1.0})),
                           T::sum * 1e5));
  EXPECT_EQ(model.valid_prices(a, oracle_prices<double>(p), {1}), price_range{}) << "no position";
}

TEST(Hyperliquid, APositionIsClosedAtTheMark) {
  // Equity 196.42 of 392.84 needed would be the backstop's; 1.5 below the price it is the market's.
  const account<> a = trader(1000.0, 10.0, 2000.0);
  const marks p{long_price - 1.5, 1.0, 1.0};
  const liquidation_request request{.debt = usdc, .collateral = eth};
  const auto out = venue.liquidate(a, oracle_prices<double>(p), request);
  ASSERT_TRUE(out.has_value());
  EXPECT_FALSE(venue.backstop(a, oracle_prices<double>(p)));
  EXPECT_FALSE(out->whole_account);
  EXPECT_EQ(out->seized, 10.0);
  const account<> left = after_liquidation(a, request, *out);
  EXPECT_EQ(left.find(eth)->collateral, 0.0);
  EXPECT_TRUE(
      test::close(venue.equity(left, oracle_prices<double>(p)), venue.equity(a, oracle_prices<double>(p)), 1e-12))
      << "closing at the mark moves no value";

  const account<> b = trader(1000.0, -10.0, 2000.0);
  const marks q{short_price + 1.5, 1.0, 1.0};
  const liquidation_request cover{.debt = eth, .collateral = usdc};
  const auto bought = venue.liquidate(b, oracle_prices<double>(q), cover);
  ASSERT_TRUE(bought.has_value());
  EXPECT_EQ(bought->repaid, 10.0);
  const account<> flat = after_liquidation(b, cover, *bought);
  EXPECT_TRUE(test::close(flat.find(usdc)->collateral, venue.equity(b, oracle_prices<double>(q)), 1e-12));
}

TEST(Hyperliquid, BelowTwoThirdsTheBackstopTakesTheAccountAndItsMargin) {
  const account<> a = trader(1000.0, 10.0, 2000.0);
  // 1000 + 10·(p − 2000) = ⅔ of 2 % of 10·p
  const double edge = 19'000.0 / (10.0 - 0.4 / 3.0);
  EXPECT_FALSE(venue.backstop(a, oracle_prices<double>(marks{edge * (1.0 + 1e-12), 1.0, 1.0})));
  EXPECT_TRUE(venue.backstop(a, oracle_prices<double>(marks{edge * (1.0 - 1e-12), 1.0, 1.0})));
  EXPECT_TRUE(venue.backstop(a, oracle_prices<double>(marks{std::nan(""), 1.0, 1.0})));
  const marks p{1910.0, 1.0, 1.0};
  const liquidation_request request{.debt = usdc, .collateral = eth};
  const auto out = venue.liquidate(a, oracle_prices<double>(p), request);
  ASSERT_TRUE(out.has_value());
  EXPECT_TRUE(out->whole_account);
  EXPECT_EQ(out->bad_debt, 0.0);
  EXPECT_TRUE(test::close(out->protocol_fee * 1910.0, 100.0, T::route)) << "what equity was left";
  const account<> left = after_liquidation(a, request, *out);
  EXPECT_EQ(venue.equity(left, oracle_prices<double>(p)), 0.0);
  EXPECT_EQ(venue.liquidate(a, oracle_prices<double>(p), {.debt = usdc, .collateral = eth, .repay = 1.0}).error(),
            errc::dust);
  const account<> hedged = trader(1000.0, 10.0, 2000.0, -0.001, 50'000.0);
  const auto whole = venue.liquidate(hedged, oracle_prices<double>(marks{1910.0, 50'000.0, 1.0}), request);
  ASSERT_TRUE(whole.has_value());
  for (const holding& h : after_liquidation(hedged, request, *whole)) EXPECT_EQ(h.collateral + h.debt, 0.0);
  const auto under = venue.liquidate(a, oracle_prices<double>(marks{1800.0, 1.0, 1.0}), request);
  ASSERT_TRUE(under.has_value());
  EXPECT_TRUE(test::close(under->bad_debt, 1000.0, 1e-12)) << "1000 of margin against a loss of 2000";
}

TEST(Hyperliquid, TheBackstopTakesEveryPositionNotOnlyTheOneNamed) {
  account<> a = trader(100.0, 10.0, 2000.0);
  ASSERT_EQ(health::open_short(a, {btc, usdc, 0.1, 5e4}), errc::ok);
  const marks p{1991.0, 5e4, 1.0};
  ASSERT_TRUE(venue.backstop(a, oracle_prices<double>(p)));
  const liquidation_request request{.debt = usdc, .collateral = eth};
  const auto out = venue.liquidate(a, oracle_prices<double>(p), request);
  ASSERT_TRUE(out.has_value());
  const account<> left = after_liquidation(a, request, *out);
  EXPECT_EQ(left.find(btc)->debt, 0.0) << "a short without a margin would be what nobody has";
  EXPECT_EQ(health_at(venue, left, p), infinity);
}

TEST(Hyperliquid, APieceOfTooManyMarketsOrWithoutPricesIsWhatTheDoorRefuses) {
  std::array<health::hyperliquid_market, hyperliquid::max_markets + 8> many{};
  for (std::uint32_t k = 0; k < many.size(); ++k) many[k] = {{100 + k}, {0}, listed[0].tiers, {}};
  hyperliquid crowded = venue;
  crowded.markets = many;
  const marks p{2000.0, 5e4, 1.0};
  EXPECT_EQ(validate(crowded.at(trader(1e4, 0.0, 0.0), oracle_prices<double>(p)), trader(1e4, 0.0, 0.0),
                     oracle_prices<double>(p)),
            errc::capacity);
  const oracle_prices<double> none;
  const account<> a = trader(1000.0, 10.0, 2000.0);
  EXPECT_EQ(validate(venue.at(a, none), a, none), errc::size_mismatch);
  account<> unquoted;  // its form reads the mark alone, its tier also the quote's price
  ASSERT_EQ(unquoted.add({.asset = eth, .collateral = 1.0}), errc::ok);
  EXPECT_EQ(validate(venue, unquoted, oracle_prices<double>{std::span<const double>(p.data(), 2)}),
            errc::size_mismatch);
}

TEST(Hyperliquid, EveryBadTableOrAccountHasItsName) {
  const auto with = [](auto break_it) {
    hyperliquid model = venue;
    std::array<health::hyperliquid_market, 2> table = listed;
    break_it(model, table);
    model.markets = table;
    return model.validate(account<>{});
  };
  EXPECT_EQ(with([](auto&, auto&) {}), errc::ok);
  EXPECT_EQ(with([](auto&, auto& t) { t[1].index = eth; }), errc::duplicate_asset);
  EXPECT_EQ(with([](auto&, auto& t) { t[1].index = usdc; }), errc::duplicate_asset);
  EXPECT_EQ(with([](auto&, auto& t) { t[1].tiers = {}; }), errc::bad_configuration);
  EXPECT_EQ(with([](auto& m, auto&) { m.tier[0] = 2; }), errc::bad_configuration);
  EXPECT_EQ(with([](auto&, auto& t) { t[0].initial_margin = {-1.0}; }), errc::threshold_range);
  const std::array<health::hyperliquid_market, 17> many{};
  EXPECT_EQ((hyperliquid{.markets = many}.validate(account<>{})), errc::capacity);
  account<> both;
  ASSERT_EQ(both.add({.asset = eth, .collateral = 1.0, .debt = 1.0}), errc::ok);
  EXPECT_EQ(venue.validate(both), errc::asset_mismatch);
  account<2> full;
  ASSERT_EQ(full.add({.asset = eth, .collateral = 100.0}), errc::ok);
  ASSERT_EQ(full.add({.asset = usdc, .debt = 1.0}), errc::ok);
  EXPECT_EQ(venue.validate(full), errc::ok);
  EXPECT_EQ(venue.at(full, oracle_prices<double>(marks{2000.0, 1.0, 1.0})).validate(full), errc::capacity)
      << "no room for the deductions";
}

TEST(Hyperliquid, OpeningAPositionAsksTheInitialMargin) {
  // 1000 of margin carry 10,000 of ETH at ten times, and 40,000 of BTC at the forty of its first tier.
  const marks p{2000.0, 50'000.0, 1.0};
  const auto may_open = [&](const account<>& a) {
    return health_factor(venue.borrow_form<double>(a), oracle_prices<double>(p)) >= 1.0;
  };
  EXPECT_TRUE(may_open(trader(1000.0, 4.999, 2000.0)));
  EXPECT_FALSE(may_open(trader(1000.0, 5.001, 2000.0)));
  EXPECT_TRUE(may_open(trader(1000.0, 0.0, 0.0, -0.7999, 50'000.0)));
  EXPECT_FALSE(may_open(trader(1000.0, 0.0, 0.0, -0.8001, 50'000.0)));
  EXPECT_TRUE(venue.may_borrow(account<>{}, eth) && venue.may_borrow(account<>{}, usdc));
  EXPECT_FALSE(venue.may_borrow(account<>{}, {9}));
}

}  // namespace

namespace laws {
namespace {

using perps = health_case<hyperliquid, 3>;
constexpr std::array<health::hyperliquid_tier, 1> flat_eth{{{0.0, 200_bps}}}, flat_btc{{{0.0, 125_bps}}};
constexpr std::array<health::hyperliquid_market, 2> flat{
    {{.index = eth, .slot = {0}, .tiers = flat_eth, .initial_margin = 1000_bps},
     {.index = btc, .slot = {1}, .tiers = flat_btc}}};

long double amount_value(long double tokens, const perps& c, std::size_t slot) {
  return tokens * c.prices[slot];
}

// Margin and entry value of the quote taken together: the laws want the quote on one side.
struct long_case {
  static constexpr bool takes_the_whole_position = true;
  static perps make() {
    account<> a;
    static_cast<void>(a.add({.asset = eth, .collateral = 10.0}));
    static_cast<void>(a.add({.asset = usdc, .debt = 19'000.0}));
    return {{.quote = usdc, .quote_slot = {2}, .markets = flat}, a, {2000.0, 5e4, 1.0}, eth, usdc, {0}, {2}};
  }
  static long double direct(const perps& c) {
    return amount_value(c.account[0].collateral, c, 0) * 98 / 100 / amount_value(c.account[1].debt, c, 2);
  }
};
struct short_case {
  static constexpr bool takes_the_whole_position = true;
  static perps make() {
    account<> a;
    static_cast<void>(a.add({.asset = usdc, .collateral = 11'000.0}));
    static_cast<void>(a.add({.asset = btc, .debt = 0.2}));
    return {{.quote = usdc, .quote_slot = {2}, .markets = flat}, a, {2000.0, 5e4, 1.0}, usdc, btc, {2}, {1}};
  }
  static long double direct(const perps& c) {
    return amount_value(c.account[0].collateral, c, 2) / (amount_value(c.account[1].debt, c, 1) * 405 / 400);
  }
};
// Long ETH against short BTC, in tiers whose deductions are a third, constant, part of the collateral.
struct cross_case {
  static constexpr bool takes_the_whole_position = true;
  static perps make() {
    account<> a;
    static_cast<void>(a.add({.asset = eth, .collateral = 200.0}));
    static_cast<void>(a.add({.asset = btc, .debt = 6.0}));
    static_cast<void>(a.add({.asset = usdc, .collateral = 20'000.0}));
    perps c{venue, a, {2000.0, 5e4, 1.0}, eth, btc, {0}, {1}};
    settle(c);
    return c;
  }
  static void settle(perps& c) { c.model = c.model.at(c.account, c.quoted()); }
  static long double direct(const perps& c) {
    const long double eth_margin[] = {0.02L, 0.05L}, eth_off[] = {0.0L, 3000.0L};
    const long double btc_margin[] = {0.0125L, 0.025L, 0.05L}, btc_off[] = {0.0L, 1875.0L, 16'875.0L};
    const long double eth_size = c.account[0].collateral * c.prices[0] / static_cast<long double>(c.prices[2]);
    const long double btc_size = c.account[1].debt * c.prices[1] / static_cast<long double>(c.prices[2]);
    const int e = eth_size >= 1e5L ? 1 : 0, b = btc_size >= 6e5L ? 2 : btc_size >= 1.5e5L ? 1 : 0;
    const long double held = eth_size * (1 - eth_margin[e]) + c.account[2].collateral + eth_off[e] + btc_off[b];
    return held / (btc_size * (1 + btc_margin[b]));
  }
};
using venues = testing::Types<long_case, short_case, cross_case>;
INSTANTIATE_TYPED_TEST_SUITE_P(Hyperliquid, HealthModelLaws, venues);
INSTANTIATE_TYPED_TEST_SUITE_P(Hyperliquid, LiquidationLaws, venues);
INSTANTIATE_TYPED_TEST_SUITE_P(Hyperliquid, HealthScalarLaws, venues);

}  // namespace
}  // namespace laws
}  // namespace trimtab
