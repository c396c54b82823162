// SPDX-License-Identifier: MIT
#include <trimtab/trigger/price_move.hpp>

#include "laws/trigger_laws.hpp"
#include "support/random.hpp"
#include <algorithm>
#include <initializer_list>
#include <vector>

namespace trimtab {
namespace {

using trigger::price_move;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr timestamp start = at_unix(1'700'000'000);

constexpr firing after_prices(const price_move& rule, std::initializer_list<double> prices, double health = 1.3) {
  price_move::state_type s;
  for (const double p : prices) s = rule.step(s, {.health = health, .now = start, .price = p});
  return rule.fired(s);
}
constexpr price_move fall{.down = 0.125, .target = 1.5};
constexpr price_move either{.down = 0.125, .up = 0.25, .target = 1.5, .may_leverage = true};
constexpr price_move stop{.down = 0.0, .trail_down = 0.25, .target = 1.5};
static_assert(fall.validate() == errc::ok && either.validate() == errc::ok && stop.validate() == errc::ok);
static_assert(!after_prices(fall, {2000.0}).fired && !after_prices(fall, {2000.0, 1751.0}).fired);
static_assert(after_prices(fall, {2000.0, 1750.0}).fired, "at the threshold");
static_assert(after_prices(fall, {2000.0, 1750.0}).towards == direction::deleverage);
static_assert(!after_prices(fall, {2000.0, 3000.0}).fired, "a rise is not looked at");
static_assert(after_prices(either, {2000.0, 2500.0}, 2.0).towards == direction::leverage);
static_assert(after_prices(either, {2000.0, 2500.0}, 1.3).towards == direction::deleverage, "whichever side it is on");
static_assert(!after_prices(fall, {2000.0, 1750.0}, 1.6).fired, "safer than the target already");

TEST(PriceMove, TheStopTrailsTheHighest) {
  EXPECT_FALSE(after_prices(stop, {2000.0, 1501.0}).fired);
  EXPECT_TRUE(after_prices(stop, {2000.0, 1500.0}).fired);
  EXPECT_TRUE(after_prices(stop, {2000.0, 4000.0, 3000.0}).fired) << "far above the anchor, and fallen all the same";
  EXPECT_FALSE(after_prices(stop, {2000.0, 4000.0, 3001.0}).fired);
  constexpr price_move rebound{.down = 0.0, .trail_up = 0.5, .target = 1.5, .may_leverage = true};
  EXPECT_TRUE(after_prices(rebound, {2000.0, 1000.0, 1500.0}, 2.0).fired);
  EXPECT_FALSE(after_prices(rebound, {2000.0, 1000.0, 1499.0}, 2.0).fired);
}

TEST(PriceMove, AnEpisodeLastsUntilTheMoveIsHalfBack) {
  EXPECT_TRUE(after_prices(fall, {2000.0, 1750.0, 1850.0}).fired);
  EXPECT_FALSE(after_prices(fall, {2000.0, 1750.0, 1876.0}).fired);
  EXPECT_FALSE(after_prices(fall, {2000.0, 1750.0, 1876.0, 1850.0}).fired) << "re-armed";
  constexpr price_move at_once{.down = 0.125, .target = 1.5, .rearm = 1.0};
  EXPECT_FALSE(after_prices(at_once, {2000.0, 1750.0, 1751.0}).fired);
}

TEST(PriceMove, AFillSetsTheAnchorAnew) {
  auto s = stop.step({}, {.health = 1.3, .price = 2000.0});
  s = stop.step(s, {.health = 1.3, .price = 1500.0});
  EXPECT_TRUE(stop.fired(s).fired);
  s = stop.step(s, {.health = 1.3, .last_fill = start, .price = 1400.0});
  EXPECT_FALSE(stop.fired(s).fired);
  EXPECT_EQ(s.anchor, 1400.0);
  EXPECT_EQ(s.highest, 1400.0);
  s = stop.step(s, {.health = 1.3, .last_fill = start, .price = 1051.0});
  EXPECT_FALSE(stop.fired(s).fired);
  s = stop.step(s, {.health = 1.3, .last_fill = start, .price = 1050.0});
  EXPECT_TRUE(stop.fired(s).fired);
}

TEST(PriceMove, APriceThatIsNoneIsNoMove) {
  for (const double none : {nan, infinity, 0.0, -1.0}) {
    EXPECT_FALSE(after_prices(fall, {none}).fired);
    EXPECT_FALSE(after_prices(fall, {none, 1750.0}).fired) << "the first price is the anchor";
    EXPECT_FALSE(after_prices(fall, {2000.0, none}).fired);
    EXPECT_TRUE(after_prices(fall, {2000.0, 1750.0, none}).fired) << "and ends no episode";
    EXPECT_TRUE(after_prices(fall, {2000.0, none, 1750.0}).fired);
  }
  EXPECT_TRUE(after_prices(fall, {2000.0, 1750.0}, nan).fired) << "of an unknown health least of all";
}

// The rule read off its words, from the whole list of prices since the last fill.
TEST(PriceMove, IsWhatAListOfPricesSays) {
  test::random_numbers random(75);
  int fired = 0, steps = 0;
  for (int round = 0; round < 400; ++round) {
    const price_move rule{.down = random.uniform(0.01, 0.2),
                          .up = random.uniform(0.01, 0.2),
                          .trail_down = random.uniform(0.01, 0.3),
                          .trail_up = random.uniform(0.01, 0.3),
                          .target = 1.5,
                          .rearm = random.uniform(0.1, 1.0),
                          .may_leverage = true};
    ASSERT_EQ(rule.validate(), errc::ok);
    price_move::state_type s;
    std::vector<double> seen;
    double price = 2000.0;
    timestamp fill = never;
    bool moved = false;
    for (int i = 0; i < 200; ++i, ++steps) {
      price *= std::exp(random.uniform(-0.03, 0.03));
      const bool filled = random.below(20) == 0;
      if (filled) fill = start + seconds{i}, seen.clear(), moved = false;
      seen.push_back(price);
      const double share = moved ? rule.rearm : 1.0;
      const double high = *std::max_element(seen.begin(), seen.end()),
                   low = *std::min_element(seen.begin(), seen.end());
      moved = price <= seen.front() * (1.0 - share * rule.down) || price >= seen.front() * (1.0 + share * rule.up) ||
              price <= high * (1.0 - share * rule.trail_down) || price >= low * (1.0 + share * rule.trail_up);
      const double health = random.uniform(1.1, 2.0);
      s = rule.step(s, {.health = health, .now = start + seconds{i}, .last_fill = fill, .price = price});
      const firing f = rule.fired(s);
      ASSERT_EQ(f.fired, moved);
      if (!f.fired) continue;
      ++fired;
      ASSERT_EQ(f.towards, health < 1.5 ? direction::deleverage : direction::leverage);
    }
  }
  EXPECT_GT(fired, steps / 10);
  EXPECT_LT(fired, steps * 9 / 10);
}

TEST(PriceMove, BadConfigurationIsRefusedByName) {
  for (double price_move::*field : {&price_move::down, &price_move::up, &price_move::trail_down, &price_move::trail_up,
                                    &price_move::target, &price_move::rearm}) {
    price_move bad = either;
    bad.*field = nan;
    EXPECT_EQ(bad.validate(), errc::not_finite);
    bad.*field = -0.1;
    EXPECT_EQ(bad.validate(), errc::bad_configuration);
  }
  EXPECT_EQ(price_move{.down = 0.0}.validate(), errc::bad_configuration) << "nothing to watch";
  EXPECT_EQ(price_move{.down = 1.0}.validate(), errc::bad_configuration);
  EXPECT_EQ(price_move{.trail_down = 1.0}.validate(), errc::bad_configuration);
  EXPECT_EQ(price_move{.rearm = 1.1}.validate(), errc::bad_configuration);
  EXPECT_EQ(price_move{.target = 1.0}.validate(), errc::bad_configuration);
}

}  // namespace

namespace laws {
namespace {

struct price_move_case {
  static constexpr double healths[] = {std::numeric_limits<double>::quiet_NaN(), 1.1, 1.5, infinity};
  static constexpr seconds pauses[] = {seconds{12}};
  static constexpr bool fills = true;
  static constexpr std::size_t longest = 3;
  static constexpr int variants = 5;
  static signal vary(signal s, int k) {
    constexpr double prices[] = {2000.0, 1750.0, 1900.0, 2600.0, 0.0};
    s.price = prices[k];
    return s;
  }
  static constexpr double emergency = -infinity;
  static constexpr trigger::price_move trigger() {
    return {.down = 0.125, .up = 0.25, .trail_down = 0.2, .target = 1.5, .may_leverage = true};
  }
};
INSTANTIATE_TYPED_TEST_SUITE_P(PriceMove, TriggerLaws, price_move_case);

}  // namespace
}  // namespace laws
}  // namespace trimtab
