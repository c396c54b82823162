// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/liquidity/frictionless.hpp>
#include <trimtab/preset/morpho_pre_liquidation.hpp>

#include "support/contract_integers.hpp"
#include "support/random.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace {

using namespace trimtab;
using test::mul_div;
using test::mul_div_up;
using test::u128;
using test::wad;

// ---- PreLiquidation.sol and what it asks of Morpho, in their own integers.

constexpr u128 price_scale = test::power(10, 36);

struct settings {
  u128 lltv = 0, pre = 0, lcf1 = 0, lcf2 = 0, lif1 = 0, lif2 = 0;  // wad
};
struct position {
  u128 collateral = 0, shares = 0, total_assets = 0, total_shares = 0;
  u128 price = 0;         // of its own oracle, loan units per collateral unit, 10³⁶
  u128 market_price = 0;  // of the market's
};

u128 to_assets_up(u128 shares, const position& p) {
  return mul_div_up(shares, p.total_assets + 1, p.total_shares + 1'000'000);
}
u128 to_assets_down(u128 shares, const position& p) {
  return mul_div(shares, p.total_assets + 1, p.total_shares + 1'000'000);
}

enum way : std::size_t { healthy, liquidatable, market_refuses, nobody_comes, whole, part, ways };

struct told {
  way went = healthy;
  u128 repaid = 0, seized = 0;
};

told pre_liquidate(const position& p, const settings& s) {
  const u128 quoted = mul_div(p.collateral, p.price, price_scale), borrowed = to_assets_up(p.shares, p);
  if (!(borrowed <= mul_div(quoted, s.lltv, wad))) return {liquidatable};
  if (!(borrowed > mul_div(quoted, s.pre, wad))) return {healthy};
  const u128 ltv = mul_div_up(borrowed, wad, quoted);
  const u128 q = mul_div(ltv - s.pre, wad, s.lltv - s.pre);
  const u128 lif = mul_div(q, s.lif2 - s.lif1, wad) + s.lif1, lcf = mul_div(q, s.lcf2 - s.lcf1, wad) + s.lcf1;
  const u128 shares = std::min(mul_div(p.shares, lcf, wad), p.shares);
  told t{lcf >= wad ? whole : part};
  t.seized = mul_div(mul_div(to_assets_down(shares, p), lif, wad), price_scale, p.price);
  t.repaid = to_assets_up(shares, p);
  if (t.seized > p.collateral) t.seized = p.collateral;
  // Morpho lets the collateral go only from a position that is healthy on its own oracle.
  const u128 left = borrowed > t.repaid ? borrowed - t.repaid : 0;
  const u128 backs = mul_div(mul_div(p.collateral - t.seized, p.market_price, price_scale), s.lltv, wad);
  if (left > backs) t.went = market_refuses;
  return t;
}

// ---- The preset, asked of the same position: ether and a dollar of 6 decimals.

constexpr asset_id weth{1}, usdc{2};
constexpr timestamp now = at_unix(1'700'000'000);

double bps(u128 w) {
  return test::tokens(w) * 1e4;
}

health::morpho_pre_liquidation model_of(const settings& s, bool own_oracle) {
  return {.market = {.collateral = weth,
                     .loan = usdc,
                     .collateral_slot = price_slot{0},
                     .loan_slot = price_slot{1},
                     .lltv = {bps(s.lltv)}},
          .oracle_slot = price_slot{own_oracle ? std::uint16_t{2} : std::uint16_t{0}},
          .threshold = {bps(s.pre)},
          .close_factor_start = {bps(s.lcf1)},
          .close_factor_end = {bps(s.lcf2)},
          .bonus_start = {bps(s.lif1 - wad)},
          .bonus_end = {bps(s.lif2 - wad)}};
}

struct seen {
  std::array<double, 3> prices{};
  snapshot<liquidity::frictionless> look{};

  seen(const position& p, double taken) {
    prices = {test::tokens(p.market_price, 1e24), 1.0, test::tokens(p.price, 1e24)};
    static_cast<void>(look.account.add({.asset = weth, .collateral = test::tokens(p.collateral)}));
    static_cast<void>(look.account.add({.asset = usdc, .debt = test::tokens(to_assets_up(p.shares, p), 1e6)}));
    look.now = now;
    look.prices = oracle_prices<double>{prices};
    look.sell = {.in = weth, .out = usdc, .venue = {prices[2] * (1.0 - taken)}, .out_decimals = 6};
  }
  seen(const seen&) = delete;
};

struct answer {
  verdict said = verdict::hold;
  errc why = errc::ok;
};
answer answer_of(way w) {
  switch (w) {
    case healthy:
    case ways:
      return {verdict::hold, errc::inside_band};
    case liquidatable:
      return {verdict::hold, errc::not_liquidatable};
    case market_refuses:
      return {verdict::refuse, errc::unhealthy_step};
    case nobody_comes:
      return {verdict::refuse, errc::cost_exceeds_benefit};
    case whole:
    case part:
      return {verdict::rebalance, errc::ok};
  }
  return {};
}

struct drawn {
  position p{};
  settings s{};
  bool own_oracle = false;
};

drawn draw(test::random_numbers& r) {
  drawn d;
  settings& s = d.s;
  position& p = d.p;
  constexpr u128 point = wad / 10'000;
  s.lltv = (6'250 + r.below(3'300)) * point;
  s.pre = s.lltv - (1 + r.below(1'500)) * point;
  s.lcf1 = (10 + r.below(9'991)) * point;
  s.lcf2 = s.lcf1 + r.below(r.below(2) == 0 ? 1 : 8'000) * point;
  const auto most = static_cast<std::uint64_t>((mul_div(wad, wad, s.lltv) - wad) / point);
  const std::uint64_t low = r.below(most);
  s.lif1 = wad + low * point;
  s.lif2 = s.lif1 + r.below(most - low) * point;
  // Shares of a million units each, or of a little less after interest.
  p.total_assets = 1'000'000'000'000ULL + r.below(900'000'000'000'000ULL);
  p.total_shares = p.total_assets * 1'000'000;
  const bool exact = r.below(2) == 0;
  const u128 dollars = 1 + r.below(5'000);
  p.price = dollars * test::power(10, 24);
  if (exact) {  // at either edge exactly, or beside it
    p.collateral = (1 + r.below(100'000)) * wad / 100;
    const u128 quoted = mul_div(p.collateral, p.price, price_scale);
    u128 debt = mul_div(quoted, r.below(2) == 0 ? s.pre : s.lltv, wad);
    const std::uint64_t beside = r.below(3);
    const u128 aside = 1 + debt / 1'000'000'000;
    debt = beside == 0 ? debt : beside == 1 ? debt + aside : debt - aside;
    p.shares = debt * 1'000'000;
  } else {
    p.price = test::from_tokens(r.log_uniform(0.1, 6e4), 1e24);
    p.collateral = test::from_tokens(r.log_uniform(1e3, 1e7) / test::tokens(p.price, 1e24));
    if (r.below(2) == 0) p.total_shares -= p.total_shares / (2 + r.below(50));
    const double around = test::tokens(s.pre) + (test::tokens(s.lltv) - test::tokens(s.pre)) * r.uniform(-0.5, 1.3);
    const double debt = test::tokens(p.collateral) * test::tokens(p.price, 1e24) * around;
    p.shares = mul_div(test::from_tokens(debt, 1e6), p.total_shares, p.total_assets);
    if (r.below(500) == 0) p.shares = 0;
  }
  d.own_oracle = r.below(2) == 0;
  p.market_price = d.own_oracle ? test::from_tokens(test::tokens(p.price, 1e24) * r.uniform(0.8, 1.2), 1e24) : p.price;
  return d;
}

TEST(MorphoPreLiquidation, CallsWhereAndAsMuchAsTheContractLets) {
  test::random_numbers r(21);
  test::branches<ways> seen_ways{{"below the window", "beyond the window", "the market's oracle refuses",
                                  "nobody comes", "takes all", "takes a share"}};
  constexpr int states = 1'000'000;
  double worst = 0.0;
  long different = 0;
  for (int i = 0; i < states; ++i) {
    const auto [p, s, own] = draw(r);
    told t = pre_liquidate(p, s);
    const double taken = r.below(2) == 0 ? 0.0 : r.uniform(0.0, 0.03);
    const seen w(p, taken);
    if (t.went == whole || t.went == part) {  // what it fetches against what it costs, but for a cent
      const double pays = test::tokens(t.seized) * w.look.sell.venue.price - test::tokens(t.repaid, 1e6);
      if (std::abs(pays) < 1e-9 * test::tokens(t.repaid, 1e6) + 1e-4) continue;
      if (pays < 0.0) t.went = nobody_comes;
    }
    seen_ways.saw(t.went);
    const auto policy = preset::morpho_pre_liquidation(model_of(s, own));
    const auto d = policy({}, w.look);
    const answer expected = answer_of(t.went);
    if (d.verdict != expected.said || (expected.said != verdict::rebalance && d.reason != expected.why)) {
      if (++different < 10)
        ADD_FAILURE() << "state " << i << " went " << t.went << ", the policy said " << name(d.verdict) << ' '
                      << name(d.reason) << ' ' << sizing::name(d.binding) << " health " << d.health << " pre "
                      << test::tokens(s.pre) << " lltv " << test::tokens(s.lltv);
      continue;
    }
    if (expected.said != verdict::rebalance) continue;
    // Loan units and what they buy; the contract's ramps read a debt rounded up to one, and may be steep.
    const double steep = test::tokens(s.lcf2 - s.lcf1 + s.lif2 - s.lif1) / test::tokens(s.lltv - s.pre);
    const double unit = 4e-6 * (1.0 + steep);
    const double repaid = test::tokens(t.repaid, 1e6), seized = test::tokens(t.seized);
    worst = std::max({worst, (std::abs(-d.trade.debt_change - repaid) - unit) / repaid,
                      (std::abs(d.trade.sold - seized) * w.prices[2] - unit) / repaid});
  }
  std::printf("%d states, %ld different, amounts within %.2g\n", states, different, worst);
  seen_ways.print("pre-liquidation");
  EXPECT_EQ(different, 0);
  EXPECT_LT(worst, 1e-9);
  for (std::size_t n = 0; n < ways; ++n) EXPECT_GT(seen_ways.count(n), 100U) << n;
}

// ---- By hand: LLTV 86 %, threshold 80 %, shares of 20 to 60 %, incentives of 2 to 5 %.

constexpr settings gentle{.lltv = 86 * wad / 100,
                          .pre = 80 * wad / 100,
                          .lcf1 = 20 * wad / 100,
                          .lcf2 = 60 * wad / 100,
                          .lif1 = 102 * wad / 100,
                          .lif2 = 105 * wad / 100};

position at_ltv(double ltv) {  // 10 ether at $2000
  const u128 debt = test::from_tokens(20'000.0 * ltv, 1e6);
  return {.collateral = 10 * wad,
          .shares = debt * 1'000'000,
          .total_assets = 1'000'000'000'000ULL,
          .total_shares = test::power(10, 18),
          .price = 2'000 * test::power(10, 24),
          .market_price = 2'000 * test::power(10, 24)};
}

TEST(MorphoPreLiquidation, RampsRiseLinearlyThroughTheWindow) {
  const auto policy = preset::morpho_pre_liquidation(model_of(gentle, false));
  for (const double place : {0.25, 0.5, 0.75}) {
    const double ltv = 0.80 + place * 0.06, debt = 20'000.0 * ltv;
    const seen w(at_ltv(ltv), 0.0);
    EXPECT_EQ(policy.validate(w.look), errc::ok);
    const auto d = policy({}, w.look);
    ASSERT_EQ(d.verdict, verdict::rebalance);
    const double repaid = debt * (0.2 + place * 0.4), seized = repaid * (1.02 + place * 0.03) / 2'000.0;
    EXPECT_NEAR(-d.trade.debt_change, repaid, 1e-3);
    EXPECT_NEAR(d.trade.sold, seized, 1e-6);
    EXPECT_NEAR(d.trade.gas_in_kind, repaid * (0.02 + place * 0.03), 1e-3) << "the keeper's, on a venue without fee";
    EXPECT_EQ(d.trade.flash_premium, 0.0) << "paid after the collateral has come";
  }
}

// The close factor binds one call. Several in one block take more than the first, though each pays less.
TEST(MorphoPreLiquidation, CallsRepeatedUntilTheWindowIsLeftTakeMoreThanOne) {
  settings small = gentle;
  small.lcf1 = 5 * wad / 100, small.lcf2 = 15 * wad / 100;
  const auto policy = preset::morpho_pre_liquidation(model_of(small, false));
  seen w(at_ltv(0.85), 0.0);
  double first = 0.0, in_all = 0.0, bonus = infinity;
  int calls = 0;
  for (; calls < 100; ++calls) {
    const auto d = policy({}, w.look);
    if (d.verdict != verdict::rebalance) {
      EXPECT_EQ(d.reason, errc::inside_band);
      break;
    }
    EXPECT_GT(d.trade.health_after, d.trade.health_before);
    const double repaid = -d.trade.debt_change, now_paid = d.trade.sold * 2'000.0 / repaid;
    EXPECT_LT(now_paid, bonus);
    bonus = now_paid;
    first = calls == 0 ? repaid : first;
    in_all += repaid;
    w.look.account.find(weth)->collateral += d.trade.collateral_change;
    w.look.account.find(usdc)->debt += d.trade.debt_change;
  }
  std::printf("first call $%.0f, all %d calls $%.0f of a debt of $17000\n", first, calls, in_all);
  EXPECT_GT(calls, 1);
  EXPECT_GT(in_all, first * 1.1);
}

TEST(MorphoPreLiquidation, NobodyComesForLessThanTheyAsk) {
  const seen w(at_ltv(0.83), 0.01);
  EXPECT_EQ(preset::morpho_pre_liquidation(model_of(gentle, false))({}, w.look).verdict, verdict::rebalance);
  const auto picky = preset::morpho_pre_liquidation(model_of(gentle, false), {.least_profit = 1e4});
  EXPECT_EQ(picky({}, w.look).reason, errc::cost_exceeds_benefit);
  auto dear = w.look;
  dear.gas = {.transaction_gas = 1e6, .price_native = 1e-3, .native = price_slot{0}};
  EXPECT_EQ(preset::morpho_pre_liquidation(model_of(gentle, false))({}, dear).reason, errc::cost_exceeds_benefit);
}

TEST(MorphoPreLiquidation, SettingsAndPricesThatAreNoneAreNamed) {
  settings flat = gentle;
  flat.pre = flat.lltv;
  const seen w(at_ltv(0.83), 0.0);
  EXPECT_NE(preset::morpho_pre_liquidation(model_of(flat, false)).validate(w.look), errc::ok);
  EXPECT_NE(preset::morpho_pre_liquidation(model_of(gentle, false), {.gives_up_to = {1e4}}).validate(w.look), errc::ok);
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const preset::pre_liquidation_window window{1.075};
  EXPECT_EQ(window.fired(window.step({}, {.health = nan})).why, errc::not_finite);
  EXPECT_FALSE(window.fired(window.step({}, {.health = nan})).fired);
  for (const double bad : {1.0, 0.0, infinity, nan})
    EXPECT_EQ(preset::pre_liquidation_window{bad}.validate(), errc::bad_configuration);
}

}  // namespace
