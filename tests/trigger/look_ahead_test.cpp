// SPDX-License-Identifier: MIT
#include <trimtab/trigger/drift_band.hpp>
#include <trimtab/trigger/look_ahead.hpp>

#include "laws/trigger_laws.hpp"
#include "support/random.hpp"

namespace trimtab {
namespace {

using trigger::drift_band;
using trigger::look_ahead;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr timestamp start = at_unix(1'700'000'000);
constexpr drift_band band{.lower = 1.15, .target = 1.25, .upper = 1.75, .emergency = 1.05};
constexpr look_ahead ahead{band, seconds{3600}};
static_assert(ahead.validate() == errc::ok);
static_assert((decltype(ahead)::reads & reading::next_prices) != 0);
constexpr firing at(double health, double next, timestamp when = start + seconds{600}) {
  return ahead.fired(ahead.step({}, {.health = health, .now = start, .next_health = next, .next_at = when}));
}
static_assert(at(1.50, 1.10).fired && !at(1.50, 1.10, never).fired && !at(1.50, 1.20).fired);
static_assert(at(1.50, 1.00).emergency);

TEST(LookAhead, OnlyWithinTheHorizon) {
  EXPECT_TRUE(at(1.50, 1.10, start + seconds{3600}).fired);
  EXPECT_FALSE(at(1.50, 1.10, start + seconds{3601}).fired);
  EXPECT_TRUE(at(1.50, 1.10, start - seconds{5}).fired) << "due, and nobody has poked it yet";
}

TEST(LookAhead, TheWorseOfTheTwoDecides) {
  EXPECT_TRUE(at(1.10, 1.50).fired) << "it is liquidated on today's price until then";
  EXPECT_EQ(at(1.10, 1.50).target, 1.25);
  EXPECT_EQ(at(1.80, 2.00).towards, direction::leverage);
  EXPECT_FALSE(at(2.00, 1.70).fired) << "no leverage on a price that is about to go";
  EXPECT_TRUE(at(nan, 1.50).emergency);
  EXPECT_TRUE(at(1.50, nan).emergency);
  EXPECT_FALSE(at(infinity, infinity).fired && at(infinity, infinity).towards == direction::deleverage);
}

// One pair: sell at today's price until today's health is the target it names; at the next price it is the band's own.
TEST(LookAhead, ItsTargetIsTheBandsAtTheNextPrice) {
  test::random_numbers random(76);
  for (int i = 0; i < 20'000; ++i) {
    const double price = random.log_uniform(0.1, 1e4), next_price = price * random.uniform(0.5, 0.99);
    const double collateral = 10.0, weight = 0.8;
    const double debt = weight * collateral * next_price / random.uniform(0.8, 1.149);
    const double health = weight * collateral * price / debt, next = health * next_price / price;
    const firing f = at(health, next);
    ASSERT_TRUE(f.fired && f.towards == direction::deleverage);
    ASSERT_GT(f.target, health);
    // w(c − x)p = t(d − xp)
    const double x = (f.target * debt - weight * collateral * price) / (price * (f.target - weight));
    const double after = weight * (collateral - x) * next_price / (debt - x * price);
    ASSERT_NEAR(after, 1.25, 1e-11);
  }
}

TEST(LookAhead, BadConfigurationIsRefused) {
  EXPECT_EQ((look_ahead{band, seconds{-1}}.validate()), errc::bad_configuration);
  EXPECT_EQ((look_ahead{drift_band{.target = nan}}.validate()), errc::not_finite);
  EXPECT_EQ(at(1.5, 0.0).target, infinity) << "nothing of the collateral is left: no health today is enough";
}

}  // namespace

namespace laws {
namespace {

struct look_ahead_case {
  static constexpr double healths[] = {
      std::numeric_limits<double>::quiet_NaN(), 1.05, 1.10, 1.18, 1.30, 1.80, infinity};
  static constexpr seconds pauses[] = {seconds{12}};
  static constexpr bool fills = false;
  static constexpr std::size_t longest = 3;
  static constexpr int variants = 6;
  static signal vary(signal s, int k) {
    constexpr double factors[] = {1.0, 0.95, 0.5, 1.1, 0.0, 0.5};
    s.next_health = s.health * factors[k];
    if (s.health == infinity) s.next_health = infinity;
    s.next_at = k == 0 ? never : s.now + (k == 5 ? seconds{7200} : seconds{60});
    return s;
  }
  static constexpr double emergency = 1.05;
  static constexpr auto trigger() { return ahead; }
};
INSTANTIATE_TYPED_TEST_SUITE_P(LookAhead, TriggerLaws, look_ahead_case);

}  // namespace
}  // namespace laws
}  // namespace trimtab
