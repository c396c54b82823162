// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/liquidity/frictionless.hpp>
#include <trimtab/preset/oasis.hpp>

#include "support/contract_integers.hpp"
#include "support/random.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace {

using namespace trimtab;
using test::mul_div;
using test::mul_div_half_up;
using test::u128;
using test::wad;

// ---- The contracts, in their own integers: MakerBasicSellCommandV2, MakerBasicBuyCommandV2, McdView, and what the Vat
// ---- asks of the frob that the trade ends in.

struct vault {
  u128 ink = 0, debt = 0, price = 0, next = 0, dust = 0;  // wad
  u128 mat = 0;                                           // basis points, times 10²³ in the Spotter
  u128 base_fee = 0;                                      // wei
};
struct order {
  u128 execution = 0, target = 0, deviation = 0;  // basis points
  u128 limit = 0;                                 // wad
  u128 most_fee = 0;                              // gwei
};

u128 to_wad(u128 bps) {
  return mul_div(bps, wad, 10'000);
}
u128 offset(const order& o) {
  return o.target * o.deviation / 10'000;
}
u128 ratio(u128 ink, u128 price, u128 debt) {
  if (debt == 0) return 0;
  return mul_div_half_up(mul_div_half_up(ink, price, wad), wad, debt);
}
u128 future_debt(const vault& v, const order& o) {  // the ratio is at least 1
  const u128 r = ratio(v.ink, v.next, v.debt), upper = to_wad(o.target + offset(o));
  return mul_div(v.debt, r - wad, upper - wad);
}

enum way : std::size_t {
  reverts,
  waits,
  price_limit,
  no_use,  // dust guard of a sell, legality of a buy's target
  fee_cap,
  unsafe,
  vat_dust,
  outside,
  executed,
  executed_above_cap,
  ways
};

struct told {
  way went = waits;
  u128 sold = 0, bought = 0;
};

told after_swap(const vault& v, const order& o, bool sells, u128 sold, u128 bought, u128 least, told t) {
  t.sold = sold;
  t.bought = bought;
  const u128 ink = sells ? v.ink - sold : v.ink + bought;
  const u128 debt = sells ? (bought < v.debt ? v.debt - bought : 0) : v.debt + sold;
  // Safe at the least output: tab ≤ ink·price/mat.
  const u128 least_ink = sells ? ink : v.ink + least;
  const u128 most_debt = sells ? (least < v.debt ? v.debt - least : 0) : debt;
  const bool safe = most_debt <= mul_div(mul_div(least_ink, v.price, wad), 10'000, v.mat);
  const bool dusty = debt != 0 && debt < v.dust;
  const u128 ends = ratio(ink, v.next, debt);
  const bool there = ends >= to_wad(o.target - offset(o)) && ends <= to_wad(o.target + offset(o));
  t.went = !safe ? unsafe : dusty ? vat_dust : !there ? outside : t.went;  // in the order of `frob`, then the command
  return t;
}

// The executor's size: at the oracle's current price, so that the ratio at the next one comes to the target.
told sell(const vault& v, const order& o, u128 venue_price, u128 least_price) {
  const u128 r = ratio(v.ink, v.next, v.debt);
  if (v.debt == 0) return {waits};  // the debt afterwards, 0, is not above the least: illegal whatever the rest says
  if (r < wad) return {reverts};
  if (!(to_wad(o.execution) > r)) return {waits};
  if (!(o.limit < v.next)) return {price_limit};
  if (!(future_debt(v, o) > v.dust)) return {no_use};
  const bool within_cap = v.base_fee <= o.most_fee * 1'000'000'000U, near = r <= v.mat * (wad / 10'000);
  if (!within_cap && !near) return {fee_cap};
  const u128 mat_next = mul_div(o.target, v.price, v.next);  // the target at the current price, basis points
  if (mat_next < v.mat) return {unsafe};
  const u128 missing = o.target * v.debt - 10'000 * mul_div(v.ink, v.next, wad);
  u128 sold = mul_div(missing, wad, o.target * v.price - 10'000 * v.next);
  if (sold > v.ink) sold = v.ink;
  return after_swap(v, o, true, sold, mul_div(sold, venue_price, wad), mul_div(sold, least_price, wad),
                    {within_cap ? executed : executed_above_cap});
}

told buy(const vault& v, const order& o, u128 venue_price, u128 least_price) {
  const u128 r = ratio(v.ink, v.next, v.debt);
  if (!(r >= to_wad(o.execution))) return {waits};
  if (!(v.next <= o.limit)) return {price_limit};
  if (!(mul_div(to_wad(o.target), v.price, v.next) > v.mat * (wad / 10'000))) return {no_use};
  if (!(v.base_fee <= o.most_fee * 1'000'000'000U)) return {fee_cap};
  const u128 spare = 10'000 * mul_div(v.ink, v.next, wad) - o.target * v.debt;
  const u128 drawn = mul_div(spare, v.price, o.target * v.price - 10'000 * v.next);
  return after_swap(v, o, false, drawn, mul_div(drawn, wad, venue_price), mul_div(drawn, wad, least_price), {executed});
}

// ---- The preset, asked of the same vault.

constexpr asset_id eth{1}, dai{2};
constexpr timestamp now = at_unix(1'700'000'000);
constexpr basis_points slippage{500.0};

preset::oasis_order settings(const order& o) {
  return {.execution = {static_cast<double>(o.execution)},
          .target = {static_cast<double>(o.target)},
          .deviation = {static_cast<double>(o.deviation)},
          .least_price = test::tokens(o.limit),
          .most_price = test::tokens(o.limit),
          .most_base_fee_gwei = static_cast<double>(o.most_fee),
          .max_slippage = slippage,
          .asks_venue = false};  // the size is not the contract's: what it makes of this one
}

struct seen {
  std::array<double, 2> prices{};
  std::array<feed, 1> feeds{};
  health::maker model{};
  snapshot<liquidity::frictionless> look{};

  seen(const vault& v, double venue_price) {
    prices = {test::tokens(v.price), 1.0};
    feeds[0] = {.protocol_at = now, .reference = {prices[0], now}, .next = {test::tokens(v.next), now + seconds{600}}};
    model = {.collateral = eth,
             .dai = dai,
             .price = price_slot{0},
             .next_price = price_slot{0},
             .par = price_slot{1},
             .mat = static_cast<double>(v.mat) / 1e4,
             .dust = test::tokens(v.dust)};
    static_cast<void>(look.account.add({.asset = eth, .collateral = test::tokens(v.ink)}));
    static_cast<void>(look.account.add({.asset = dai, .debt = test::tokens(v.debt)}));
    look.now = now;
    look.prices = oracle_prices<double>{prices};
    look.feeds = feeds;
    look.sell = {.in = eth, .out = dai, .venue = {venue_price}};
    look.buy = {.in = dai, .out = eth, .venue = {1.0 / venue_price}};
    look.gas = {
        .transaction_gas = 1e6, .price_native = static_cast<double>(v.base_fee) * 1e-18, .native = price_slot{0}};
  }
  seen(const seen&) = delete;
};

constexpr execution free_loans{.funding = {.premium = {0.0}}};

struct answer {
  verdict said = verdict::hold;
  errc why = errc::ok;
};
answer answer_of(way w, bool sells) {
  switch (w) {
    case reverts:
      return {verdict::hold, errc::overflow};
    case waits:
    case ways:
      return {verdict::hold, errc::inside_band};
    case price_limit:
      return {verdict::hold, errc::cost_exceeds_limit};
    case no_use:
      return {verdict::hold, sells ? errc::dust : errc::unhealthy_step};
    case fee_cap:
      return {verdict::refuse, errc::gas_ceiling};
    case unsafe:
    case outside:
      return {verdict::refuse, errc::infeasible};
    case vat_dust:
      return {verdict::refuse, errc::dust};
    case executed:
    case executed_above_cap:
      return {verdict::rebalance, errc::ok};
  }
  return {};
}

// ---- States: everywhere, at each threshold, and a part in 10⁹ beside it.

u128 beside(u128 x, std::uint64_t where) {
  return where == 0 ? x : where == 1 ? x + x / 1'000'000'000 : x - x / 1'000'000'000;
}

struct drawn {
  vault v{};
  order o{};
};

drawn draw(test::random_numbers& r, bool sells) {
  constexpr std::array<unsigned, 5> mats{11'000, 13'000, 14'500, 15'000, 17'000};
  drawn d;
  vault& v = d.v;
  order& o = d.o;
  v.mat = mats[r.below(mats.size())];
  o.target = v.mat + 1'500 + r.below(15'000);
  o.deviation = 50 + r.below(300);
  const u128 lower = o.target - offset(o), upper = o.target + offset(o);
  o.execution = sells ? lower - r.below(static_cast<std::uint64_t>(lower - v.mat)) / 2 : upper + 1 + r.below(5'000);
  const std::uint64_t kind = r.below(8);
  const u128 dollars = 1 + r.below(5'000), vaults = 1 + r.below(1'000'000);
  if (kind < 4) {  // at a ratio exactly, or beside it
    const u128 at = kind < 2 ? o.execution : kind == 2 ? v.mat : u128{10'000};
    v.next = dollars * wad;
    v.debt = vaults * v.next;
    v.ink = beside(at * vaults * (wad / 10'000), r.below(3));
  } else {
    v.next = test::from_tokens(r.log_uniform(0.1, 6e4));
    v.ink = test::from_tokens(r.log_uniform(1e-2, 1e6));
    const double around = static_cast<double>(o.execution) / 1e4;
    const double goal = kind == 7 ? r.uniform(0.9, 6.0) : around * r.uniform(sells ? 0.75 : 0.97, sells ? 1.03 : 1.5);
    v.debt = test::from_tokens(test::tokens(v.ink) * test::tokens(v.next) / goal);
    if (r.below(200) == 0) v.debt = 0;
  }
  v.price = r.below(4) == 0 ? v.next : test::from_tokens(test::tokens(v.next) * r.uniform(0.85, 1.15));
  if (!sells && r.below(8) == 0) {  // target·price/next at the liquidation ratio
    const u128 cents = 1 + r.below(100'000);
    v.next = o.target * cents * 1'000'000'000'000ULL;
    v.price = beside(v.mat * cents * 1'000'000'000'000ULL, r.below(3));
    v.debt = mul_div(mul_div(v.ink, v.next, wad), 10'000, o.execution + 100);
  }
  const std::uint64_t price_kind = r.below(8);
  o.limit = price_kind < 5    ? (sells ? 0 : v.next * 10)
            : price_kind == 5 ? beside(v.next, r.below(3))
                              : test::from_tokens(test::tokens(v.next) * r.uniform(0.9, 1.1));
  v.dust = r.below(3) == 0 ? 0 : test::from_tokens(r.log_uniform(1.0, 1e5));
  // Nearer to a ratio of 1 the difference of collateral and debt is less than what a double's last digit is worth here.
  if (sells && r.below(6) == 0 && ratio(v.ink, v.next, v.debt) >= wad + wad / 1'000)
    v.dust = beside(future_debt(v, o), r.below(3));
  o.most_fee = 1 + r.below(300);
  const std::uint64_t fee_kind = r.below(8);
  v.base_fee = fee_kind < 5 ? o.most_fee * r.below(1'000'000'000) : beside(o.most_fee * 1'000'000'000U, r.below(3));
  if (fee_kind == 7) v.base_fee = o.most_fee * 2'000'000'000U;
  return d;
}

void compare(bool sells, std::uint64_t seed, int states) {
  test::random_numbers r(seed);
  test::branches<ways> seen_ways{{"reverts below zero", "waits", "price limit",
                                  sells ? "dust guard" : "target unsafe now", "fee cap", "unsafe at the current price",
                                  "vault below dust", "outside the deviation", "executed",
                                  "executed above the fee cap"}};
  double worst = 0.0;
  long different = 0;
  for (int i = 0; i < states; ++i) {
    const drawn one = draw(r, sells);
    const vault& v = one.v;
    const order& o = one.o;
    ASSERT_EQ(
        validate(settings(o), sells ? direction::deleverage : direction::leverage, static_cast<double>(v.mat) / 1e4),
        errc::ok);
    // Now and then the venue pays more than the oracle's price, and the vault ends beyond its target.
    const std::uint64_t pays = r.below(8);
    const double taken = pays < 2 ? 0.0 : pays == 2 ? r.uniform(-0.04, 0.0) : r.uniform(0.0, pays < 5 ? 0.004 : 0.03);
    const double venue = sells ? test::tokens(v.price) * (1.0 - taken) : test::tokens(v.price) / (1.0 - taken);
    const u128 least = sells ? v.price * 95 / 100 : mul_div(v.price, 100, 95);
    const told t = sells ? sell(v, o, test::from_tokens(venue), least) : buy(v, o, test::from_tokens(venue), least);
    seen_ways.saw(t.went);

    const seen s(v, venue);
    const auto ask = [&](const auto& policy) {
      return policy(typename std::decay_t<decltype(policy)>::state_type{}, s.look);
    };
    const auto check = [&](const auto& d) {
      const answer expected = answer_of(t.went, sells);
      if (d.verdict != expected.said || (expected.said != verdict::rebalance && d.reason != expected.why)) {
        if (++different < 10)
          ADD_FAILURE() << "state " << i << " went " << t.went << ", the policy said " << name(d.verdict) << ' '
                        << name(d.reason) << ' ' << sizing::name(d.binding) << " ratio "
                        << test::tokens(ratio(v.ink, v.next, v.debt));
        return;
      }
      if (expected.said != verdict::rebalance) return;
      const double unit = 2e-18;  // what the integers round to
      const auto off = [&](double got, u128 want) {
        return (std::abs(got - test::tokens(want)) - unit) / test::tokens(want);
      };
      worst = std::max({worst, off(d.trade.sold, t.sold), off(d.trade.expected_out, t.bought)});
    };
    if (sells)
      check(ask(preset::oasis_basic_sell(s.model, settings(o), free_loans)));
    else
      check(ask(preset::oasis_basic_buy(s.model, settings(o), free_loans)));
  }
  std::printf("%d states, %ld different, amounts within %.2g\n", states, different, worst);
  seen_ways.print(sells ? "basic sell" : "basic buy");
  EXPECT_EQ(different, 0);
  EXPECT_LT(worst, 1e-12);
  for (const std::size_t w : {waits, price_limit, no_use, fee_cap, unsafe, vat_dust, outside, executed})
    EXPECT_GT(seen_ways.count(w), 100U) << w;
  if (sells) {
    EXPECT_GT(seen_ways.count(reverts), 100U);
    EXPECT_GT(seen_ways.count(executed_above_cap), 100U);
  }
}

TEST(Oasis, SellsWhereTheContractSells) {
  compare(true, 1, 500'000);
}
TEST(Oasis, BuysWhereTheContractBuys) {
  compare(false, 2, 500'000);
}

constexpr preset::oasis_order plain_sell{
    .execution = {16'000}, .target = {18'000}, .deviation = {100}, .most_base_fee_gwei = 100};
constexpr preset::oasis_order plain_buy{
    .execution = {20'000}, .target = {18'000}, .deviation = {100}, .most_base_fee_gwei = 100};

vault at_ratio(u128 bps) {
  return {
      .ink = bps * (wad / 10'000) * 10, .debt = 20'000 * wad, .price = 2'000 * wad, .next = 2'000 * wad, .mat = 15'000};
}

TEST(Oasis, AGroupSellsBelowAndBuysAbove) {
  const auto said = [](u128 bps) {
    const seen s(at_ratio(bps), 2'000.0);
    const auto p = preset::oasis_constant_multiple(s.model, plain_buy, plain_sell, free_loans);
    EXPECT_EQ(p.validate(s.look), errc::ok);
    return p({}, s.look).trade.towards;
  };
  EXPECT_EQ(said(15'900), direction::deleverage);
  EXPECT_EQ(said(16'000), direction::none) << "strict: at the execution ratio it waits";
  EXPECT_EQ(said(19'999), direction::none);
  EXPECT_EQ(said(20'000), direction::leverage) << "not strict";
}

TEST(Oasis, TheNextPriceDecidesAnHourAhead) {
  vault v = at_ratio(17'000);
  v.next = v.price * 9 / 10;
  const seen s(v, 2'000.0);
  const auto d = preset::oasis_basic_sell(s.model, plain_sell, free_loans)({}, s.look);
  ASSERT_EQ(d.verdict, verdict::rebalance);
  const double ink = test::tokens(v.ink) - d.trade.sold, debt = test::tokens(v.debt) - d.trade.expected_out;
  EXPECT_NEAR(ink * 1'800.0 / debt, 1.8, 1e-12) << "1.8 at the next price, not at this one";
}

TEST(Oasis, CoverageIsDrawnFromTheVaultUpToItsLimit) {
  seen s(at_ratio(15'900), 2'000.0);
  s.look.gas.price_native = 50e-9;  // 0.05 ether: 100 DAI
  s.look.gas.paid_from = gas_payer::proceeds;
  preset::oasis_order o = plain_sell;
  const auto ask = [&] { return preset::oasis_basic_sell(s.model, o, free_loans)({}, s.look); };
  o.most_coverage = 101.0;
  ASSERT_EQ(ask().verdict, verdict::rebalance);
  EXPECT_NEAR(ask().trade.gas_in_kind, 100.0, 1e-9);
  EXPECT_NEAR(ask().trade.debt_change, 100.0 - ask().trade.expected_out, 1e-9);
  o.most_coverage = 99.0;
  EXPECT_EQ(ask().verdict, verdict::refuse);
  EXPECT_EQ(ask().reason, errc::cost_exceeds_limit);
  // Drawing it makes the debt that would be left too small: legal before, not legal after.
  o.most_coverage = infinity;
  const double after_sale = 20'000.0 * 0.59 / 0.818;
  s.model.dust = after_sale - 50.0;
  EXPECT_EQ(ask().reason, errc::dust);
  EXPECT_EQ(ask().verdict, verdict::refuse);
  s.model.dust = after_sale + 50.0;
  EXPECT_EQ(ask().reason, errc::dust);
  EXPECT_EQ(ask().verdict, verdict::hold) << "never legal: the guard that leaves a vault alone";
}

TEST(Oasis, DrawingCoverageCanTakeABuyBackInside) {
  seen s(at_ratio(20'050), 2'000.0);
  s.look.gas.price_native = 50e-9;
  s.look.gas.paid_from = gas_payer::proceeds;
  const auto ask = [&] { return preset::oasis_basic_buy(s.model, plain_buy, free_loans)({}, s.look); };
  EXPECT_EQ(ask().verdict, verdict::refuse);
  EXPECT_EQ(ask().reason, errc::inside_band) << "20050 · 20000/20100 is below 20000";
  s.look.gas.price_native = 10e-9;  // 20 DAI
  EXPECT_EQ(ask().verdict, verdict::rebalance);
}

TEST(Oasis, ANotANumberIsNoVerdict) {
  const preset::oasis_trigger t{direction::deleverage, plain_sell, 1.5, 0.0};
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  for (const trimtab::signal& s :
       {trimtab::signal{.health = nan, .debt_value = 1.0, .price = 1.0, .next_health = 1.0},
        trimtab::signal{.health = 1.0, .debt_value = 1.0, .price = 1.0, .next_health = nan}}) {
    EXPECT_FALSE(t.fired(t.step({}, s)).fired);
    EXPECT_EQ(t.fired(t.step({}, s)).why, errc::not_finite);
  }
  EXPECT_FALSE(t.fired(t.step({}, {.health = 1.0, .debt_value = 1.0, .price = nan, .next_health = 1.0})).fired);
}

}  // namespace
