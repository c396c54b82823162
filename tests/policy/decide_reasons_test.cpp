// SPDX-License-Identifier: MIT
// Every reason a policy can give, each reached in some world; and after each, once the cause is gone, it acts.
#include <gtest/gtest.h>

#include <trimtab/health/aave_v3.hpp>
#include <trimtab/policy/policy.hpp>
#include <trimtab/sizing/worth_it.hpp>
#include <trimtab/trigger/debounce.hpp>
#include <trimtab/trigger/not_before.hpp>

#include "support/keepers.hpp"
#include "support/unlike_venues.hpp"
#include <array>
#include <cstdio>
#include <limits>
#include <set>

namespace {

using namespace trimtab;
using cases::keeper;
using cases::watched;
using cases::watching;

constexpr double below = 1.12, healthy = 1.4, above = 1.9;
constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();
constexpr seconds soon{5};

std::set<errc> reached;

// A policy gives this reason here; from the state that leaves, it acts there as from the state before.
template <class P, class S>
void expect_then_acts(const P& p, errc why, verdict what, const S& bad, const S& good,
                      const typename P::state_type& before = {}) {
  const auto d = p(before, bad);
  EXPECT_EQ(d.verdict, what) << name(why) << ": " << name(d.reason);
  EXPECT_EQ(d.reason, why) << name(why) << ": " << name(d.reason);
  if (d.verdict != verdict::rebalance) {
    EXPECT_EQ(d.trade.sold, 0.0) << name(why);
    EXPECT_EQ(d.trade.towards, direction::none) << name(why);
  }
  reached.insert(d.reason);
  const auto after = p(d.state, good), afresh = p(before, good);
  EXPECT_EQ(after.verdict, verdict::rebalance) << "after " << name(why) << ": " << name(after.reason);
  EXPECT_EQ(after.trade.sold, afresh.trade.sold) << "after " << name(why);
  EXPECT_EQ(after.nonce, afresh.nonce) << "after " << name(why);
}
watched soon_at(double health) {
  return watching(health, cases::start + soon);
}
template <class F>
void refusal(errc why, double health, F&& spoil) {
  watched w = watching(health);
  spoil(w);
  const watched good = soon_at(below);
  expect_then_acts(keeper, why, verdict::refuse, w.look(), good.look());
}
template <class P>
void refusal_of(const P& p, errc why, const watched& bad, const watched& good) {
  expect_then_acts(p, why, verdict::refuse, bad.look(), good.look());
}

void what_came_in() {
  refusal(errc::not_finite, below, [](watched& w) { w.world.price[0] = nan_value; });
  refusal(errc::negative_amount, below, [](watched& w) { w.world.account[0].collateral = -1.0; });
  refusal(errc::non_positive_price, below, [](watched& w) { w.world.price[1] = 0.0; });
  refusal(errc::size_mismatch, below, [](watched& w) { w.gas.native = price_slot{9}; });
  refusal(errc::asset_mismatch, below, [](watched& w) { w.world.account.add({.asset = asset_id{9}}); });
  refusal(errc::duplicate_asset, below, [](watched& w) { w.world.account[1].asset = cases::collateral_asset; });
  refusal(errc::overflow, below, [](watched& w) {
    w.world.price[0] = 1e200;
    w.world.account[0].collateral = 1e200;
  });
  const watched good = soon_at(below);
  watched wide = watching(below);
  std::array<feed, 9> many{};
  many.fill(wide.feeds[0]);
  std::array<double, 9> prices{};
  prices.fill(1.0);
  auto s = wide.look();
  s.feeds = many;
  s.prices = oracle_prices<double>{prices};
  expect_then_acts(keeper, errc::capacity, verdict::refuse, s, good.look());
  // A look from the past, and one that carries on.
  keeper({}, good.look());
  typename decltype(cases::keeper)::state_type seen;
  seen.last_look = cases::start;
  const watched past = watching(below, cases::start - seconds{1});
  expect_then_acts(keeper, errc::time_backwards, verdict::refuse, past.look(), good.look(), seen);
}

void what_the_model_or_the_configuration_says() {
  const watched w = watching(below), good = soon_at(below);
  // Configuration is the policy's: the cause goes with another one, and the state carries over.
  const auto changed = [&](const auto& bad, const auto& sound, errc why) {
    const auto d = bad({}, w.look());
    EXPECT_EQ(d.verdict, verdict::refuse);
    EXPECT_EQ(d.reason, why) << name(d.reason);
    reached.insert(d.reason);
    typename std::remove_cvref_t<decltype(sound)>::state_type state;
    state.last_look = d.state.last_look;
    state.order = d.state.order;
    EXPECT_EQ(sound(state, good.look()).verdict, verdict::rebalance) << name(why);
  };
  const auto market = [](double threshold, std::uint8_t category) {
    static std::array<std::array<health::aave_v3_reserve, 2>, 3> tables;
    static std::size_t next = 0;
    auto& table = tables[next++];
    table[0] = {.asset = cases::collateral_asset,
                .collateral_slot = {0},
                .debt_slot = {0},
                .ltv = basis_points{8000.0},
                .threshold = basis_points{threshold},
                .bonus = basis_points{500.0}};
    table[1] = table[0];
    table[1].asset = cases::debt_asset;
    table[1].collateral_slot = table[1].debt_slot = {1};
    health::aave_v3 model{.reserves = table};
    model.emode = category;
    return policy{model, cases::guards, cases::one_sided, sizing::restore_target{}, cases::plain_execution};
  };
  const auto sound = market(8300.0, 0);
  changed(market(12000.0, 0), sound, errc::threshold_range);
  changed(market(8300.0, 9), sound, errc::unknown_emode);
  cases::protocol_with_an_edge edged{cases::home.model};
  const auto with_edge = [&](double least) {
    edged.least_held = least;
    return policy{edged, cases::guards, cases::one_sided, sizing::restore_target{}, cases::plain_execution};
  };
  changed(with_edge(1e9), with_edge(0.0), errc::outside_validity);
  constexpr policy lopsided{cases::home.model, cases::guards, cases::one_sided, sizing::leverage_up{},
                            cases::plain_execution};
  changed(lopsided, keeper, errc::bad_configuration);
}

void what_we_were_told_about_prices() {
  refusal(errc::oracle_ours, below, [](watched& w) { w.feeds[0].reference.at = w.now - seconds{31}; });
  refusal(errc::oracle_protocol, above, [](watched& w) { w.feeds[0].protocol_at = w.now - seconds{3901}; });
  refusal(errc::oracle_unknown, above, [](watched& w) { w.feeds[0].reference.price = 0.9; });
}

// Wants the target wherever health is.
struct insistent {
  double target = 1.25;
  struct state_type {};
  [[nodiscard]] constexpr errc validate() const noexcept { return errc::ok; }
  [[nodiscard]] constexpr state_type step(state_type, const trimtab::signal&) const noexcept { return {}; }
  [[nodiscard]] constexpr firing fired(state_type) const noexcept {
    return {.fired = true, .towards = direction::deleverage, .target = target};
  }
  [[nodiscard]] constexpr calm quiet(state_type) const noexcept { return restless(); }
};

void what_cannot_be_done() {
  const watched good = soon_at(below);
  refusal(errc::infeasible, below, [](watched& w) { w.reserves[1].paused = true; });
  refusal(errc::gas_tank, below, [](watched& w) { w.gas.tank_native = 0.0; });
  refusal(errc::gas_ceiling, below, [](watched& w) { w.gas.price_native = 1e-4; });
  constexpr policy careless{cases::home.model, cases::guards, cases::one_sided,
                            sizing::restore_target{.max_slippage = {9000.0}}, cases::plain_execution};
  watched w = watching(below);
  w.venue.reserve_out = 0.6 * w.venue.reserve_in;
  refusal_of(careless, errc::would_worsen, w, good);
  constexpr policy always{cases::home.model, cases::guards, insistent{}, sizing::restore_target{},
                          cases::plain_execution};
  refusal_of(always, errc::already_there, watching(healthy), good);
  auto strict = cases::home.model;
  strict.least_debt = 6000.0;
  const policy dusty{strict, cases::guards, cases::one_sided, sizing::restore_target{}, cases::plain_execution};
  w = watching(below);
  w.world.account[0].collateral = 5000.0, w.world.account[1].debt *= 0.5;
  refusal_of(dusty, errc::dust, w, [] {
    watched rich = soon_at(below);
    rich.world.account[0].collateral = 1e5, rich.world.account[1].debt *= 10.0;
    return rich;
  }());
  constexpr policy thrifty{cases::home.model, cases::guards, cases::one_sided,
                           sizing::restore_target{.max_cost = {60.0}}, cases::plain_execution};
  w = watching(below);
  w.venue = {.reserve_in = 2e5, .reserve_out = 2e5};
  watched deep = soon_at(below);
  deep.venue = {.reserve_in = 1e9, .reserve_out = 1e9, .fee = {1.0}};
  refusal_of(thrifty, errc::cost_exceeds_limit, w, deep);
  const auto worth = [](const auto& p, const auto&) { return p.target > 1.0 ? 30.0 : 0.0; };
  const policy gated{cases::home.model, cases::guards, cases::one_sided,
                     sizing::worth_it{sizing::restore_target{}, worth}, cases::plain_execution};
  w = watching(below);
  w.gas.price_native = 9e-7, w.gas.transaction_gas = 1e9;
  refusal_of(gated, errc::cost_exceeds_benefit, w, good);
  // A venue that promises nothing, and a target it does not reach.
  using shallow = test_venue::unpromised<cases::pool>;
  const auto on = [](const watched& world, const cases::pool& pool) {
    snapshot<shallow> s;
    const auto of = world.look();
    s.now = of.now, s.account = of.account, s.prices = of.prices, s.feeds = of.feeds, s.reserves = of.reserves;
    s.gas = of.gas;
    s.sell = {.in = of.sell.in, .out = of.sell.out, .venue = shallow{pool}};
    return s;
  };
  constexpr policy patient{cases::home.model, cases::guards, cases::one_sided,
                           sizing::restore_target{.max_slippage = basis_points{5000.0}}, cases::plain_execution};
  const watched at = watching(below);
  expect_then_acts(patient, errc::no_convergence, verdict::refuse, on(at, {.reserve_in = 500.0, .reserve_out = 500.0}),
                   on(good, {.reserve_in = 1e6, .reserve_out = 1e6}));
}

void what_is_waited_for() {
  const watched good = soon_at(below), w = watching(below);
  expect_then_acts(keeper, errc::inside_band, verdict::hold, watching(healthy).look(), good.look());
  typename decltype(cases::keeper)::state_type cooling;
  cooling.last_fill = cases::start + soon - cases::cooling;
  expect_then_acts(keeper, errc::cooldown, verdict::hold, w.look(), good.look(), cooling);
  const auto proposed = keeper({}, w.look());
  const auto sent = keeper.on_receipt(proposed.state, {receipt_kind::sent, proposed.nonce, cases::start});
  const watched lost = watching(below, cases::start + cases::wait + seconds{1});
  expect_then_acts(keeper, errc::pending, verdict::hold, w.look(), lost.look(), sent);
  constexpr policy later{cases::home.model, cases::guards,
                         trigger::all_of{cases::one_sided, trigger::not_before{cases::start + soon}},
                         sizing::restore_target{}, cases::plain_execution};
  expect_then_acts(later, errc::not_yet, verdict::hold, w.look(), good.look());
  constexpr policy unsure{cases::home.model, cases::guards, trigger::debounce{cases::one_sided, soon},
                          sizing::restore_target{}, cases::plain_execution};
  const auto first = unsure({}, w.look());
  EXPECT_EQ(first.verdict, verdict::hold);
  EXPECT_EQ(first.reason, errc::unconfirmed);
  reached.insert(first.reason);
  EXPECT_EQ(unsure(first.state, good.look()).verdict, verdict::rebalance);
  auto slow = cases::plain_execution;
  slow.pace = seconds{5};
  const policy paced{cases::home.model, cases::guards, cases::one_sided,
                     sizing::in_chunks{sizing::restore_target{}, {1.0}}, slow};
  const auto piece = paced({}, w.look());
  const auto filled = paced.on_receipt(piece.state, {receipt_kind::filled, piece.nonce, cases::start});
  expect_then_acts(paced, errc::pace, verdict::hold, w.look(), good.look(), filled);
  expect_then_acts(keeper, errc::ok, verdict::rebalance, w.look(), good.look());
}

// What no policy says: it is said by those who read numbers, liquidate, or settle.
constexpr std::array elsewhere{errc::malformed_number,     errc::not_liquidatable,  errc::slippage,
                               errc::insufficient_balance, errc::unpaid_flash_loan, errc::unhealthy_step,
                               errc::reserve_closed,       errc::expired,           errc::corrupted};

TEST(DecideReasons, EachIsReachedAndLeavesAStateThatActs) {
  what_came_in();
  what_the_model_or_the_configuration_says();
  what_we_were_told_about_prices();
  what_cannot_be_done();
  what_is_waited_for();
  std::printf("reasons: %zu reached\n", reached.size());
  for (int i = 0; i <= static_cast<int>(errc::corrupted); ++i) {
    const auto e = static_cast<errc>(i);
    bool other = false;
    for (const errc x : elsewhere) other = other || x == e;
    EXPECT_NE(reached.count(e) != 0, other) << name(e);
  }
}

}  // namespace
