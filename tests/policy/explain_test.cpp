// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/policy/explain.hpp>

#include "support/keepers.hpp"
#include <array>
#include <string>

namespace {

using namespace trimtab;

std::string sentence(const cases::keeper_decision& d) {
  std::array<char, 256> buffer{};
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
            "emergency: health 1.0200, target 1.2500: refused, gas_tank; best reachable 1.0200");
}

TEST(Explain, ARefusalSaysOnlyWhatWasComputed) {
  auto w = cases::watching(1.10);
  w.world.price[0] = 0.0;
  EXPECT_EQ(sentence(cases::keeper({}, w.look())), "refused, non_positive_price");
  w = cases::watching(1.10);
  w.gas.price_native = 2e-6;
  EXPECT_EQ(sentence(cases::keeper({}, w.look())), "health 1.1000, target 1.2500: refused, gas_ceiling");
}

TEST(Explain, WaitingSaysForWhat) {
  cases::keeper_decision d;
  d.health = 1.1;
  d.reason = errc::pending;
  d.nonce = 4;
  d.health_with_fill = 1.25;
  EXPECT_EQ(sentence(d), "health 1.1000: hold, order 4 is in flight and would make it 1.2500");
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
