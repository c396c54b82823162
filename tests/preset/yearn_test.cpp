// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/preset/yearn.hpp>

#include "support/precise_units.hpp"
#include "support/random.hpp"
#include <array>
#include <cstdint>
#include <iostream>
#include <map>
#include <string>

namespace {

using namespace trimtab;
using cases::wide;
using preset::yearn_refusal;
using preset::yearn_rules;
using preset::yearn_strategy;
using preset::yearn_vault;

static_assert(yearn_rules{}.validate() == errc::ok);
static_assert(yearn_rules{.minimum_wait = seconds{-1}}.validate() == errc::bad_configuration);

// The allocator once more: a word, or the debt to come to.
struct allocator {
  std::uint64_t wait, max_base_fee;

  struct state {
    bool paused, added, active, loss;
    wide minimum_change, assets, idle, least_idle, debt, max_debt, max_deposit, redeemable;
    std::uint64_t base_fee, now, last;
    unsigned target_ratio, max_ratio;
  };
  struct answer {
    bool update;
    std::string word;
    wide debt;
  };
  [[nodiscard]] answer ask(const state& s) const {
    if (s.paused) return {false, "Paused", 0};
    if (!(max_base_fee >= s.base_fee)) return {false, "Base Fee", 0};
    if (!s.added) return {false, "!added", 0};
    if (s.now - s.last <= wait) return {false, "min wait", 0};
    if (!s.active) return {false, "!active", 0};
    const wide target = cases::least(s.assets * s.target_ratio / 10'000, s.max_debt);
    const wide most = cases::least(s.assets * s.max_ratio / 10'000, s.max_debt);
    if (target > s.debt) {
      if (s.least_idle >= s.idle) return {false, "No Idle", 0};
      const wide change = cases::least(most - s.debt, cases::least(s.idle - s.least_idle, s.max_deposit));
      if (change > s.minimum_change) return {true, "more", s.debt + change};
    } else if (most < s.debt) {
      wide change = s.debt - target;
      if (s.least_idle > s.idle) change = cases::most(change, s.least_idle - s.idle);
      change = cases::least(change, s.redeemable);
      if (change > s.minimum_change) {
        if (s.loss) return {false, "unrealised loss", 0};
        if (change > s.debt) return {false, "underflow", 0};
        return {true, "less", s.debt - change};
      }
    }
    return {false, "Below Min", 0};
  }
};

units in_units(wide x) {
  return units::from_words(static_cast<std::uint64_t>(x >> 64), static_cast<std::uint64_t>(x));
}

allocator::state draw_state(test::random_numbers& draw, const allocator& rules) {
  allocator::state s{};
  const auto rarely = [&] { return draw.below(30) == 0; };
  s.paused = rarely(), s.added = !rarely(), s.active = !rarely(), s.loss = draw.below(4) == 0;
  const auto amount = [&](double low, double high) {
    return static_cast<wide>(draw.log_uniform(low, high) * 1e6) * cases::ten_to(12) + draw.below(1'000'000'000'000);
  };
  s.assets = draw.below(50) == 0 ? 0 : amount(1.0, 1e9);
  const auto part = [&] { return s.assets / 1000 * draw.below(1001); };
  s.target_ratio = static_cast<unsigned>(draw.below(10'001));
  s.max_ratio = s.target_ratio + static_cast<unsigned>(draw.below(10'001 - s.target_ratio));
  s.debt = part();
  s.max_debt = draw.below(2) == 0 ? s.assets * 2 : part();
  s.idle = draw.below(2) == 0 ? s.assets - s.debt : part();
  s.least_idle = draw.below(3) == 0 ? 0 : part() / 4;
  s.max_deposit = draw.below(2) == 0 ? ~wide{0} >> 1 : part();
  s.redeemable = draw.below(2) == 0 ? s.debt : part();
  s.minimum_change = 1 + part() / 20;
  s.now = 1'700'000'000;
  s.last = draw.below(3) == 0 ? s.now - rules.wait + draw.below(3) - 1 : s.now - draw.below(10 * rules.wait);
  if (rarely()) s.last = 0;
  s.base_fee = draw.below(3) == 0 ? rules.max_base_fee + draw.below(3) - 1 : draw.below(rules.max_base_fee);
  // Exactly at an edge, or a unit beside it.
  const wide target = cases::least(s.assets * s.target_ratio / 10'000, s.max_debt);
  const wide most = cases::least(s.assets * s.max_ratio / 10'000, s.max_debt);
  switch (draw.below(8)) {
    case 0:
      s.debt = target + draw.below(2);
      break;
    case 1:
      s.debt = most + draw.below(2);
      break;
    case 2:
      s.minimum_change = target > s.debt ? most - s.debt : s.debt - target;
      break;
    case 3:
      s.least_idle = s.idle + draw.below(2);
      break;
    case 4:
      s.max_deposit = s.redeemable = s.minimum_change + draw.below(2);
      break;
    default:
      break;
  }
  return s;
}

TEST(Yearn, DecidesAsTheAllocatorDoesToTheUnit) {
  test::random_numbers draw(74);
  std::map<std::string, std::int64_t> counted;
  for (int i = 0; i < 1'000'000; ++i) {
    const allocator theirs_rules{3600 + draw.below(86'400), 1 + draw.below(200'000'000'000)};
    const yearn_rules rules{seconds{static_cast<long>(theirs_rules.wait)}, theirs_rules.max_base_fee};
    const auto s = draw_state(draw, theirs_rules);
    const auto theirs = theirs_rules.ask(s);
    const yearn_vault vault{.paused = s.paused,
                            .minimum_change = in_units(s.minimum_change),
                            .total_assets = in_units(s.assets),
                            .idle = in_units(s.idle),
                            .least_idle = in_units(s.least_idle),
                            .base_fee = s.base_fee};
    const yearn_strategy strategy{.added = s.added,
                                  .active = s.active,
                                  .target_ratio = static_cast<std::uint16_t>(s.target_ratio),
                                  .max_ratio = static_cast<std::uint16_t>(s.max_ratio),
                                  .last_update = s.last == 0 ? never : at_unix(static_cast<long long>(s.last)),
                                  .debt = in_units(s.debt),
                                  .max_debt = in_units(s.max_debt),
                                  .max_deposit = in_units(s.max_deposit),
                                  .redeemable = in_units(s.redeemable),
                                  .unrealised_loss = s.loss};
    const auto mine = rules.decide(vault, strategy, at_unix(static_cast<long long>(s.now)));
    ++counted[theirs.word];
    ASSERT_EQ(mine.update, theirs.update) << i << ' ' << theirs.word;
    if (theirs.update) {
      ASSERT_TRUE(mine.debt == in_units(theirs.debt)) << i;
      const auto moved =
          mine.debt > strategy.debt ? mine.debt.subtract(strategy.debt) : strategy.debt.subtract(mine.debt);
      ASSERT_TRUE(*moved == mine.change) << i;
      ASSERT_EQ(mine.reason, yearn_refusal::none);
    } else if (theirs.word == "underflow") {
      ASSERT_EQ(mine.why, errc::insufficient_balance);
    } else {
      ASSERT_EQ(name(mine.reason), theirs.word) << i;
      ASSERT_TRUE(mine.debt == strategy.debt && mine.change == units{});
    }
  }
  for (const char* word : {"Paused", "Base Fee", "!added", "min wait", "!active", "No Idle", "more", "unrealised loss",
                           "underflow", "less", "Below Min"}) {
    std::cout << word << ": " << counted[word] << '\n';
    EXPECT_GT(counted[word], 100) << word;
  }
  EXPECT_EQ(counted.size(), 11U);
}

TEST(Yearn, RatiosThatAreNotStoredAreNamed) {
  const yearn_rules rules{};
  const yearn_vault vault{.total_assets = units{1000}, .idle = units{1000}};
  yearn_strategy s{.target_ratio = 5000, .max_ratio = 4000, .max_debt = units{1000}, .max_deposit = units{1000}};
  EXPECT_EQ(rules.decide(vault, s, at_unix(0)).why, errc::bad_configuration);
  s.max_ratio = 10'001;
  EXPECT_EQ(rules.decide(vault, s, at_unix(0)).why, errc::bad_configuration);
  s.max_ratio = 6000;
  EXPECT_TRUE(rules.decide(vault, s, at_unix(0)).debt == units{600}) << "to the far edge of the band";
}

}  // namespace
