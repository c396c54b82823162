// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/health/aave_v3.hpp>
#include <trimtab/liquidity/frictionless.hpp>
#include <trimtab/preset/defi_saver.hpp>

#include "support/contract_integers.hpp"
#include "support/random.hpp"
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

namespace {

using namespace trimtab;
using test::mul_div;
using test::mul_div_half_up;
using test::mul_div_up;
using test::u128;
using test::wad;

// ---- points, ratios in wad), AaveV3RatioTrigger, GasFeeTaker, AaveV3RatioCheck, AaveV3OpenRatioCheck.

struct side {
  u128 balance = 0, price = 0;  // token units, 10⁻⁸
  int decimals = 18;
  u128 ltv = 0, threshold = 0;
};
struct position {
  std::vector<side> collateral;
  side debt{};
};

u128 safety_ratio(const position& p) {
  u128 held = 0, weighted = 0;
  for (const side& s : p.collateral) {
    const u128 value = s.balance * s.price / test::power(10, s.decimals);
    const u128 ltv = s.ltv == 0 && s.threshold > 500 ? s.threshold - 500 : s.ltv;
    held += value;
    weighted += value * ltv;
  }
  const u128 debt = mul_div_up(p.debt.balance, p.debt.price, test::power(10, p.debt.decimals));
  if (debt == 0) return 0;
  const u128 may_owe = mul_div(held, held != 0 ? weighted / held : 0, 10'000);
  const u128 available = may_owe <= debt ? 0 : may_owe - debt;
  return mul_div_half_up(debt + available, wad, debt);
}

constexpr u128 offset = wad / 20;

errc ratio_check(direction state, u128 start, u128 now, u128 target) {
  if (state == direction::deleverage) {
    if (now <= start) return errc::would_worsen;
    return now > target + offset ? errc::infeasible : errc::ok;
  }
  if (now >= start) return errc::would_worsen;
  return now < target - offset ? errc::infeasible : errc::ok;
}
/// @param price of the fee token in ether, wad; 0: it is ether
u128 fee_of(u128 available, u128 gas, u128 gas_price, u128 price, int decimals, u128 divider) {
  if (gas_price > 1'000'000'000'000ULL) gas_price = 1'000'000'000'000ULL;
  u128 cost = gas * gas_price;
  if (price != 0) cost = mul_div_half_up(cost, wad, price) / test::power(10, 18 - decimals);
  if (cost >= available / 5) cost = available / 5;
  if (divider != 0) cost += available / (divider < 2000 ? 2000 : divider);
  return cost;
}

// ---- One collateral (ether), one debt: the whole of a strategy.

constexpr asset_id weth{1};
constexpr timestamp now = at_unix(1'700'000'000);

struct strategy {
  u128 below = 0, repay_to = 0, above = 0, boost_to = 0;  // wad
  u128 gas = 0, gas_price = 0, divider = 0;
  double taken = 0.0;      // by the venue
  double accepted = 0.05;  // of the oracle's price, before the swap reverts
};

enum way : std::size_t {
  no_debt,
  waits,
  repays,
  repay_overshoots,
  boosts,
  boost_overshoots,
  wrong_way,
  no_power,
  unsafe,
  ways
};

struct told {
  way went = waits;
  u128 sold = 0, bought = 0, fee = 0;
};

told run(position p, const strategy& s) {
  side &c = p.collateral[0], &d = p.debt;
  const u128 ratio = safety_ratio(p);
  if (ratio == 0) return {no_debt};
  const bool under = ratio<s.below, over = ratio> s.above;
  if (!under && !over) return {waits};
  const u128 ltv = c.ltv == 0 && c.threshold > 500 ? c.threshold - 500 : c.ltv;
  if (ltv == 0) return {no_power};
  // The bot's size: at the oracle's price, as if nothing were lost. Values in 10⁻⁸ of 10⁻⁸.
  const u128 c_unit = test::power(10, c.decimals), d_unit = test::power(10, d.decimals), fine = 100'000'000;
  const u128 held = mul_div(c.balance * fine, c.price, c_unit), owed = mul_div(d.balance * fine, d.price, d_unit);
  const u128 target = under ? s.repay_to : s.boost_to;
  const u128 backs = mul_div(held, ltv, 10'000), wanted = mul_div(owed, target, wad),
             per = target - ltv * (wad / 10'000);
  const double venue = 1.0 - s.taken;
  told t;
  if (under) {
    u128 value = mul_div(wanted - backs, wad, per);
    value = std::min(std::min(value, held), owed);
    t.sold = std::min(mul_div(value, c_unit, c.price * fine), c.balance);
    t.bought = static_cast<u128>(static_cast<double>(mul_div(t.sold * c.price, d_unit, c_unit * d.price)) * venue);
    t.fee = fee_of(t.bought, s.gas, s.gas_price, mul_div(d.price, wad, c.price), d.decimals, s.divider);
    // At the least output Aave still has to let the collateral go.
    const double least =
        std::floor(static_cast<double>(mul_div(t.sold * c.price, d_unit, c_unit * d.price)) * (1.0 - s.accepted));
    const u128 kept = mul_div((c.balance - t.sold) * fine, c.price, c_unit);
    const double owes = static_cast<double>(d.balance) - least + static_cast<double>(t.fee);
    if (static_cast<double>(kept) * test::tokens(c.threshold, 1e4) <
        owes * test::tokens(d.price * fine, static_cast<double>(d_unit)))
      t.went = unsafe;
    c.balance -= t.sold;
    d.balance -= std::min(t.bought - t.fee, d.balance);
  } else {
    const u128 value = mul_div(backs - wanted, wad, per);
    t.sold = mul_div(value, d_unit, d.price * fine);
    t.bought = static_cast<u128>(static_cast<double>(mul_div(t.sold * d.price, c_unit, d_unit * c.price)) * venue);
    t.fee = fee_of(t.bought, s.gas, s.gas_price, 0, 18, s.divider);
    // At the least output Aave still has to lend, by LTV.
    const double share = static_cast<double>(t.fee) / static_cast<double>(t.bought);
    const double least =
        static_cast<double>(mul_div(t.sold * d.price, c_unit, d_unit * c.price)) * (1.0 - s.accepted) * (1.0 - share);
    const double backs_least = (static_cast<double>(c.balance) + least) * static_cast<double>(c.price) *
                               test::tokens(ltv, 1e4) / static_cast<double>(c_unit);
    if (backs_least <
        static_cast<double>(d.balance + t.sold) * static_cast<double>(d.price) / static_cast<double>(d_unit))
      t.went = unsafe;
    c.balance += t.bought - t.fee;
    d.balance += t.sold;
  }
  if (t.went == unsafe) return t;
  switch (ratio_check(under ? direction::deleverage : direction::leverage, ratio, safety_ratio(p), target)) {
    case errc::ok:
      t.went = under ? repays : boosts;
      break;
    case errc::would_worsen:
      t.went = wrong_way;
      break;
    default:
      t.went = under ? repay_overshoots : boost_overshoots;
  }
  return t;
}

struct seen {
  std::vector<double> prices;
  std::vector<feed> feeds;
  std::vector<health::aave_v3_reserve> reserves;
  snapshot<liquidity::frictionless> look{};

  explicit seen(const position& p, const strategy& s = {}) {
    const auto list = [&](const side& x, bool owes) {
      const asset_id id{static_cast<std::uint16_t>(reserves.size() + 1)};
      const price_slot slot{static_cast<std::uint16_t>(reserves.size())};
      reserves.push_back({.asset = id,
                          .collateral_slot = slot,
                          .debt_slot = slot,
                          .ltv = {static_cast<double>(x.ltv)},
                          .threshold = {static_cast<double>(x.threshold)},
                          .bonus = {500.0},
                          .decimals = x.decimals});
      const double amount = test::tokens(x.balance, std::pow(10.0, x.decimals));
      static_cast<void>(look.account.add(
          {.asset = id, .collateral = owes ? 0.0 : amount, .debt = owes ? amount : 0.0, .used_as_collateral = !owes}));
      prices.push_back(test::tokens(x.price, 1e8));
      feeds.push_back({.protocol_at = now, .reference = {prices.back(), now}});
    };
    for (const side& c : p.collateral) list(c, false);
    list(p.debt, true);
    const asset_id debt{static_cast<std::uint16_t>(reserves.size())};
    const double rate = prices.front() / prices.back() * (1.0 - s.taken);
    const double back = prices.back() / prices.front() * (1.0 - s.taken);
    look.now = now;
    look.prices = oracle_prices<double>{std::span<const double>{prices}};
    look.feeds = feeds;
    look.sell = {.in = weth, .out = debt, .venue = {rate}, .out_decimals = p.debt.decimals};
    look.buy = {.in = debt, .out = weth, .venue = {back}, .in_decimals = p.debt.decimals};
    look.gas = {.transaction_gas = static_cast<double>(s.gas),
                .price_native = static_cast<double>(s.gas_price) * 1e-18,
                .tank_native = 0.0,
                .native = price_slot{0}};
  }
  seen(const seen&) = delete;
  [[nodiscard]] health::aave_v3 model() const { return {.reserves = reserves}; }
};

double ratio_of(u128 x) {
  return test::tokens(x);
}

preset::defi_saver_settings settings(const strategy& s) {
  return {.repay_below = ratio_of(s.below),
          .repay_to = ratio_of(s.repay_to),
          .boost_above = ratio_of(s.above),
          .boost_to = ratio_of(s.boost_to),
          .fee_divider = static_cast<double>(s.divider),
          .max_slippage = {s.accepted * 1e4},
          .asks_venue = false};  // the size is not the contract's: what it makes of this one
}

template <class P>
auto ask(const P& policy, const seen& s) {
  return policy(typename P::state_type{}, s.look);
}

struct answer {
  verdict said = verdict::hold;
  errc why = errc::ok;
};
answer answer_of(way w) {
  switch (w) {
    case no_debt:
    case waits:
    case ways:
      return {verdict::hold, errc::inside_band};
    case repays:
    case boosts:
      return {verdict::rebalance, errc::ok};
    case repay_overshoots:
    case boost_overshoots:
    case no_power:
    case unsafe:
      return {verdict::refuse, errc::infeasible};
    case wrong_way:
      return {verdict::refuse, errc::would_worsen};
  }
  return {};
}

constexpr u128 hundredth = wad / 100;

struct drawn {
  position p{};
  strategy s{};
};

drawn draw(test::random_numbers& r) {
  drawn d;
  side c, owed;
  c.threshold = 7'000 + r.below(2'500);
  const std::uint64_t ltv_kind = r.below(8);
  c.ltv = ltv_kind == 0 ? 0 : c.threshold - 100 - r.below(1'000);
  if (ltv_kind == 1 && r.below(20) == 0) c.ltv = 0, c.threshold = 450;  // not more than 5 %: no power at all
  const u128 ltv = c.ltv == 0 && c.threshold > 500 ? c.threshold - 500 : c.ltv;
  owed.decimals = 6;
  strategy& s = d.s;
  s.below = (130 + r.below(40)) * hundredth;
  s.repay_to = s.below + (r.below(40)) * hundredth;
  s.above = s.repay_to + (10 + r.below(60)) * hundredth;
  s.boost_to = s.repay_to + r.below(10) * hundredth;
  s.divider = r.below(4) == 0 ? 0 : r.below(2) == 0 ? 2'000 : 500 + r.below(9'000);
  s.gas = 500'000 + r.below(1'500'000);
  s.gas_price = u128{1 + r.below(r.below(10) == 0 ? 3'000 : 60)} * 1'000'000'000ULL;
  const std::uint64_t venue = r.below(8);
  s.accepted = venue == 7 ? 0.35 : 0.05;
  s.taken = venue < 3    ? 0.0
            : venue == 7 ? r.uniform(0.1, 0.3)
            : venue == 6 ? r.uniform(-0.3, 0.0)
                         : r.uniform(0.0, 0.03);
  if (r.below(3) == 0) {  // at a threshold exactly, or beside it
    const u128 at = r.below(2) == 0 ? s.below : s.above, hundredths = at / hundredth;
    const u128 dollars = 1 + r.below(5'000);
    c.price = dollars * 100'000'000ULL;
    c.balance = hundredths * (1 + r.below(500)) * wad;
    owed.price = 100'000'000ULL;
    owed.balance = c.balance / wad * dollars * (ltv == 0 ? 7'000 : ltv) * 10'000 / hundredths;
    const std::uint64_t beside = r.below(3);
    // A cent of a cent beside: more than the integers' own rounding.
    if (beside == 1) owed.balance += 100 + owed.balance / 1'000'000'000;
    if (beside == 2) owed.balance -= 100 + owed.balance / 1'000'000'000;
  } else {
    c.price = static_cast<u128>(r.log_uniform(1.0, 6e4) * 1e8);
    owed.price = static_cast<u128>(r.uniform(0.9, 1.1) * 1e8);
    c.balance = test::from_tokens(r.log_uniform(3e3, 3e6) / test::tokens(c.price, 1e8));
    const double goal = r.uniform(0.85, 2.9);
    const double may = test::tokens(c.balance) * test::tokens(c.price, 1e8) * test::tokens(ltv, 1e4);
    owed.balance = test::from_tokens(may / goal / test::tokens(owed.price, 1e8), 1e6);
    if (ltv == 0) owed.balance = 1'000'000;
    if (r.below(100) == 0) owed.balance = 0;
  }
  d.p = {{c}, owed};
  return d;
}

TEST(DefiSaver, RepaysAndBoostsWhereTheStrategiesDo) {
  test::random_numbers r(11);
  test::branches<ways> seen_ways{{"no debt", "waits", "repays", "repay beyond target + 0.05", "boosts",
                                  "boost beyond target - 0.05", "the wrong way", "no borrowing power",
                                  "unsafe at the least output"}};
  constexpr int states = 500'000;
  double worst = 0.0;
  long different = 0, thin = 0;
  for (int i = 0; i < states; ++i) {
    const auto [p, s] = draw(r);
    const told t = run(p, s);
    seen_ways.saw(t.went);
    const seen w(p, s);
    const auto d = ask(preset::defi_saver(w.model(), settings(s), {.funding = {.premium = {0.0}}}), w);
    const answer expected = answer_of(t.went);
    if (d.verdict != expected.said || (expected.said != verdict::rebalance && d.reason != expected.why)) {
      if (++different < 10)
        ADD_FAILURE() << "state " << i << " went " << t.went << ", the policy said " << name(d.verdict) << ' '
                      << name(d.reason) << ' ' << sizing::name(d.binding) << " ratio " << ratio_of(safety_ratio(p))
                      << " below " << ratio_of(s.below) << " above " << ratio_of(s.above) << " health " << d.health;
      continue;
    }
    if (expected.said != verdict::rebalance) continue;
    const double debt_unit = 1e6, sold_unit = t.went == repays ? 1e18 : debt_unit;
    const double sold = test::tokens(t.sold, sold_unit), fee = test::tokens(t.fee, t.went == repays ? debt_unit : 1e18);
    // What is borrowed in a boost: what is sold, and what is kept back as the fee.
    const double traded = t.went == repays ? d.trade.sold : d.trade.debt_change;
    const double charged =
        t.went == repays ? d.trade.gas_in_kind : d.trade.gas_in_kind / d.trade.debt_change * test::tokens(t.bought);
    const double value = sold * (t.went == repays ? w.prices[0] : w.prices[1]);
    const double unit = t.went == repays ? 3e-6 : 3e-18;
    worst = std::max({worst, std::abs(traded - sold) / sold * std::min(1.0, value / 1e3),
                      (std::abs(charged - fee) - unit) / d.trade.expected_out * std::min(1.0, value / 1e3)});
    thin += value < 1e3 ? 1 : 0;
  }
  std::printf("%d states, %ld different, amounts within %.2g (of $1000 where less is traded: %ld)\n", states, different,
              worst, thin);
  seen_ways.print("one collateral");
  EXPECT_EQ(different, 0);
  EXPECT_LT(worst, 1e-8);
  for (const std::size_t w :
       {no_debt, waits, repays, repay_overshoots, boosts, boost_overshoots, wrong_way, no_power, unsafe})
    EXPECT_GT(seen_ways.count(w), 100U) << w;
}

// Several collaterals: the contract averages the LTVs and floors the average to basis points.
TEST(DefiSaver, TriggersOnTheContractsRatioOfSeveralCollaterals) {
  test::random_numbers r(12);
  constexpr int states = 400'000;
  long under = 0, over = 0, silent = 0, fallback = 0;
  for (int i = 0; i < states; ++i) {
    position p;
    bool zero = false;
    for (std::uint64_t n = 1 + r.below(4); n-- > 0;) {
      side c{.decimals = r.below(2) == 0 ? 18 : 8, .threshold = 600 + r.below(8'900)};
      c.ltv = r.below(5) == 0 ? 0 : c.threshold - r.below(500);
      zero = zero || c.ltv == 0;
      c.price = static_cast<u128>(r.log_uniform(0.5, 6e4) * 1e8);
      c.balance = test::from_tokens(r.log_uniform(1e2, 1e6) / test::tokens(c.price, 1e8), std::pow(10.0, c.decimals));
      p.collateral.push_back(c);
    }
    p.debt = {.balance = 1'000'000, .price = static_cast<u128>(r.uniform(0.9, 1.1) * 1e8), .decimals = 6};
    double may = 0.0;
    for (const side& c : p.collateral)
      may += test::tokens(c.balance, std::pow(10.0, c.decimals)) * test::tokens(c.price, 1e8) *
             test::tokens(c.ltv == 0 ? c.threshold - 500 : c.ltv, 1e4);
    p.debt.balance = test::from_tokens(may / r.uniform(0.9, 2.5) / test::tokens(p.debt.price, 1e8), 1e6) + 1;
    const u128 ratio = safety_ratio(p);
    // Sometimes just beside it, by more than the values' own rounding: what the average's floor takes away decides.
    const u128 aside = 10'000'000'000 + r.below(1'000'000'000'000);
    const u128 near = r.below(2) == 0 ? ratio + aside : ratio - aside;
    const strategy s{.below = r.below(2) == 0 ? 150 * hundredth : near,
                     .repay_to = 10 * wad,
                     .above = 190 * hundredth,
                     .boost_to = 180 * hundredth};
    if (s.below > s.above) continue;
    const seen w(p, s);
    const auto model = preset::as_defi_saver_sees<health::aave_v3>{w.model()};
    const preset::safety_ratio_trigger trigger{settings(s)};
    const auto form = model.liquidation_form<double>(w.look.account);
    const auto signal =
        trimtab::signal_of<preset::safety_ratio_trigger>(model, w.look, form, health_factor(form, w.look.prices));
    const firing f = trigger.fired(trigger.step({}, signal));
    const direction expected = ratio < s.below   ? direction::deleverage
                               : ratio > s.above ? direction::leverage
                                                 : direction::none;
    ASSERT_EQ(f.towards, expected) << i << " ratio " << ratio_of(ratio) << " below " << ratio_of(s.below);
    ++(expected == direction::none ? silent : expected == direction::deleverage ? under : over);
    fallback += zero ? 1 : 0;
  }
  std::printf("under %ld, over %ld, silent %ld; with a collateral of LTV 0 %ld\n", under, over, silent, fallback);
  for (const long count : {under, over, silent, fallback}) EXPECT_GT(count, 10'000);
}

// The hole that help pages deny: a repay that moves the ratio by next to nothing passes the contract's check.
TEST(DefiSaver, ARepayThatFallsShortPassesUnlessAsked) {
  const position p{{{.balance = 10 * wad, .price = u128{2'000} * 100'000'000, .ltv = 8'000, .threshold = 8'250}},
                   {.balance = u128{12'000} * 1'000'000, .price = 100'000'000ULL, .decimals = 6}};
  const strategy s{.below = 150 * hundredth,
                   .repay_to = 180 * hundredth,
                   .above = 300 * hundredth,
                   .boost_to = 200 * hundredth,
                   .divider = 2'000,
                   .taken = 0.2,
                   .accepted = 0.3};
  const seen w(p, s);
  preset::defi_saver_settings as = settings(s);
  const auto d = ask(preset::defi_saver(w.model(), as, {.funding = {.premium = {0.0}}}), w);
  ASSERT_EQ(d.verdict, verdict::rebalance) << name(d.reason);
  const double held = 10.0 + d.trade.collateral_change, owed = 12'000.0 + d.trade.debt_change;
  EXPECT_LT(held * 2'000.0 * 0.8 / owed, 1.75) << "short of 1.8 − 0.05";
  EXPECT_GT(held * 2'000.0 * 0.8 / owed, 16'000.0 / 12'000.0);
  as.check = preset::ratio_check::improved_and_there;
  EXPECT_EQ(ask(preset::defi_saver(w.model(), as, {.funding = {.premium = {0.0}}}), w).reason, errc::infeasible);
}

// Nothing is nearer to liquidation, and it sells all the same.
TEST(DefiSaver, ALowerLtvAloneMakesItRepay) {
  position p{{{.balance = 10 * wad, .price = u128{2'000} * 100'000'000, .ltv = 8'000, .threshold = 8'250}},
             {.balance = u128{10'000} * 1'000'000, .price = 100'000'000ULL, .decimals = 6}};
  const strategy s{
      .below = 150 * hundredth, .repay_to = 160 * hundredth, .above = 300 * hundredth, .boost_to = 200 * hundredth};
  const auto said = [&] {
    const seen w(p, s);
    const auto d = ask(preset::defi_saver(w.model(), settings(s), {.funding = {.premium = {0.0}}}), w);
    EXPECT_NEAR(d.health, 1.65, 1e-12);
    return d.verdict;
  };
  EXPECT_EQ(said(), verdict::hold) << "1.6";
  p.collateral[0].ltv = 7'000;
  EXPECT_EQ(said(), verdict::rebalance) << "1.4";
  p.collateral[0].ltv = 0;
  EXPECT_EQ(said(), verdict::hold) << "1.55: threshold less five points stands in for the LTV";
}

TEST(DefiSaver, ANotANumberIsNoVerdict) {
  const preset::safety_ratio_trigger t{{.repay_below = 1.5, .repay_to = 1.8}};
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const trimtab::signal good{.health = 1.2, .borrow_health = 1.1, .collateral_value = 100.0, .debt_value = 70.0};
  EXPECT_TRUE(t.fired(t.step({}, good)).fired);
  const auto spoilt = [&](double trimtab::signal::*field) {
    trimtab::signal s = good;
    s.*field = nan;
    return t.fired(t.step({}, s));
  };
  for (const auto field : {&trimtab::signal::health, &trimtab::signal::borrow_health,
                           &trimtab::signal::collateral_value, &trimtab::signal::debt_value}) {
    EXPECT_FALSE(spoilt(field).fired);
    EXPECT_EQ(spoilt(field).why, errc::not_finite);
  }
}

}  // namespace
