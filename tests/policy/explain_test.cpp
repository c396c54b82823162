// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/policy/explain.hpp>

#include "support/keepers.hpp"
#include <array>
#include <string>

namespace {

using namespace trimtab;

std::string sentence(const cases::keeper_decision& d) {
  std::array<char, 640> buffer{};
  return std::string(explain(d, buffer));
}

static_assert(noexcept(explain(cases::keeper_decision{}, std::span<char>{})));

TEST(Explain, AHoldSaysWhy) {
  EXPECT_EQ(sentence(cases::keeper({}, cases::watching(1.4).look())), "health 1.4000: hold, inside_band");
}

TEST(Explain, ARebalanceSaysWhatAndAtWhatCost) {
  cases::keeper_decision d;
  d.verdict = verdict::rebalance;
  d.health = 1.0641;
  d.target = 1.25;
  d.trade = {.towards = direction::deleverage,
             .sold = 3483.48,
             .expected_out = 3473.03,
             .min_out = 3378.98,
             .health_after = 1.25,
             .health_at_min_out = 1.22456,
             .cost = {.spread = 10.45, .gas = 2.0}};
  EXPECT_EQ(
      sentence(d),
      "health 1.0641, target 1.2500: sell collateral 3483.48 for at least 3378.98 (3473.03 expected), health then "
      "1.2500 (at worst 1.2246), cost 12.45");
  d.binding = sizing::limit::chunk;
  d.emergency = true;
  d.trade.towards = direction::leverage;
  EXPECT_EQ(sentence(d),
            "emergency: health 1.0641, target 1.2500: borrow and sell 3483.48 for at least 3378.98 (3473.03 expected), "
            "health then 1.2500 (at worst 1.2246), cost 12.45; held back by chunk");
}

TEST(Explain, ARefusalNamesTheLimit) {
  auto w = cases::watching(1.10);
  w.reserves[1].paused = true;
  const auto d = cases::keeper({}, w.look());
  EXPECT_EQ(sentence(d), "health 1.1000, target 1.2500: refused, infeasible by reserve; best reachable 1.1000");
  w = cases::watching(1.02);
  w.gas.tank_native = 0.0;
  EXPECT_EQ(sentence(cases::keeper({}, w.look())),
            "emergency: health 1.0200, target 1.2500: refused, gas_tank; best reachable 1.0200; alarm: in_danger");
}

TEST(Explain, ARefusalSaysOnlyWhatWasComputed) {
  auto w = cases::watching(1.10);
  w.world.price[0] = 0.0;
  EXPECT_EQ(sentence(cases::keeper({}, w.look())), "refused, non_positive_price");
  w = cases::watching(1.10);
  w.gas.price_native = 3e-6;
  EXPECT_EQ(sentence(cases::keeper({}, w.look())),
            "health 1.1000, target 1.2500: refused, gas_ceiling (gas at 3e-06, at most 2e-06)");
}

TEST(Explain, WaitingSaysForWhat) {
  cases::keeper_decision d;
  d.health = 1.1;
  d.reason = errc::pending;
  d.nonce = 4;
  d.health_with_fill = 1.25;
  EXPECT_EQ(sentence(d), "health 1.1000: hold, order 4 is in flight and would make it 1.2500");
}

TEST(Explain, SaysWhomItDoubtsAndWhatThatMakesOfHealth) {
  auto w = cases::watching(1.4);
  w.feeds[0] = {.protocol_at = w.now - seconds{3901}, .reference = {.price = 0.95, .at = w.now}};
  EXPECT_EQ(
      sentence(cases::keeper({}, w.look())),
      "health 1.4000 (1.3300 at fair prices): hold, inside_band; oracle_protocol, age in slot 0; alarm: overvalued");
  w = cases::watching(1.10);
  w.feeds[1].reference.price = 0.0;
  EXPECT_EQ(
      sentence(cases::keeper({}, w.look())),
      "health 1.1000, target 1.2500: refused, oracle_ours; oracle_ours, no_price in slot 1; alarm: own_reference");
}

TEST(Explain, EveryNumberThatADecisionCanHaveIsInIt) {
  cases::keeper_decision d;
  d.verdict = verdict::rebalance;
  d.replaces = true;
  d.nonce = 7;
  d.gas_price = 4.5e-8;
  d.health = 1.1;
  d.next_health = 1.05;
  d.target = 1.25;
  d.benefit = 80.0;
  d.trade = {.towards = direction::deleverage,
             .sold = 10.0,
             .expected_out = 9.9,
             .min_out = 9.7,
             .health_after = 1.25,
             .health_at_min_out = 1.24,
             .cost = {.gas = 2.0, .reward = 3.0}};
  EXPECT_EQ(
      sentence(d),
      "health 1.1000 (1.0500 at the next), target 1.2500: sell collateral 10 for at least 9.7 (9.9 expected), "
      "health then 1.2500 (at worst 1.2400), cost 5 with 3 to the sender for a benefit of 80; in place of order 7 "
      "in flight, at a fee of 4.5e-08");
  d = {};
  d.verdict = verdict::rebalance;
  d.health = 1.9;
  d.target = 1.25;
  d.trade = {.towards = direction::leverage, .paid_out = 12.5, .health_after = 1.25, .health_at_min_out = 1.25};
  EXPECT_EQ(sentence(d),
            "health 1.9000, target 1.2500: hand out 12.5 of collateral, health then 1.2500 (at worst 1.2500), cost 0");
  d = {};
  d.verdict = verdict::refuse;
  d.reason = errc::cost_exceeds_benefit;
  d.binding = sizing::limit::cost;
  d.health = d.best_health = 1.1;
  d.target = 1.25;
  d.cost = 12.0;
  d.benefit = 3.0;
  d.alarms = {true, true, true, true, true};
  EXPECT_EQ(sentence(d),
            "health 1.1000, target 1.2500: refused, cost_exceeds_benefit by cost (cost 12, benefit 3); best reachable "
            "1.1000; alarm: gas_tank_low, overvalued, undervalued, own_reference, in_danger");
  d = {};
  d.reason = errc::pace;
  d.health = 1.2;
  EXPECT_EQ(sentence(d), "health 1.2000: hold, pace");
}

TEST(Explain, EveryReasonAndLimitHasASentenceThatFits) {
  std::array<char, 640> buffer{};
  for (const auto what : {verdict::hold, verdict::rebalance, verdict::refuse})
    for (int reason = 0; reason <= static_cast<int>(errc::expired); ++reason)
      for (int binding = 0; binding <= static_cast<int>(sizing::limit::category); ++binding) {
        cases::keeper_decision d;
        d.verdict = what;
        d.reason = static_cast<errc>(reason);
        d.binding = static_cast<sizing::limit>(binding);
        d.trust = trust::both_bad;
        d.doubt = doubt::moving_average;
        d.emergency = d.replaces = true;
        d.health = d.target = d.best_health = 9.876e19;
        d.fair_health = d.next_health = 1.2345e19;
        d.benefit = d.cost = d.gas_price = d.gas_limit = 1.2345678e-299;
        d.trade = {.towards = direction::deleverage,
                   .sold = 1.234567e-299,
                   .expected_out = 1.234567e-299,
                   .min_out = 1.234567e-299,
                   .health_after = 9.876e19,
                   .health_at_min_out = 9.876e19,
                   .cost = {.reward = 1.234567e-299}};
        d.doubted.index = 65535;
        d.alarms = {true, true, true, true, true};
        d.nonce = ~0ULL;
        const auto text = explain(d, buffer);
        EXPECT_LT(text.size(), buffer.size() - 1) << "cut: " << text;
        const bool waits = what == verdict::hold && d.reason == errc::pending;
        const char* must = what == verdict::rebalance ? "health then" : waits ? "in flight" : name(d.reason);
        EXPECT_NE(text.find(must), std::string_view::npos) << text;
      }
}

TEST(Explain, ASmallBufferCutsTheSentenceAndNothingElse) {
  const auto d = cases::keeper({}, cases::watching(1.4).look());
  const std::string whole = sentence(d);
  for (std::size_t n = 0; n < whole.size() + 3; ++n) {
    std::array<char, 64> buffer;
    buffer.fill('#');
    const auto text = explain(d, std::span(buffer.data(), n));
    EXPECT_EQ(text, whole.substr(0, n == 0 ? 0 : std::min(n - 1, whole.size())));
    EXPECT_EQ(buffer[n], '#') << "nothing is written behind the buffer";
  }
}

}  // namespace
