// SPDX-License-Identifier: MIT
#include <trimtab/trigger/carry.hpp>

#include "laws/trigger_laws.hpp"
#include <initializer_list>

namespace trimtab {
namespace {

using trigger::carry;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr carry rule{.enter = 0.02, .leave = 0.0, .target = 1.25, .safe = 3.0, .tolerance = 0.1};
static_assert(rule.validate() == errc::ok && carry{}.validate() == errc::ok);
constexpr firing after_path(std::initializer_list<double> carries, double health) {
  carry::state_type s;
  for (const double c : carries) s = rule.step(s, {.health = health, .carry = c});
  return rule.fired(s);
}
static_assert(after_path({0.0}, 1.3).towards == direction::deleverage && after_path({0.0}, 1.3).target == 3.0);
static_assert(after_path({0.02}, 2.0).towards == direction::leverage && after_path({0.02}, 2.0).target == 1.25);
static_assert(!after_path({0.01}, 1.3).fired && !after_path({0.01}, 2.0).fired, "at first neither");

TEST(Carry, BetweenLeaveAndEnterOnlyThePastDecides) {
  EXPECT_EQ(after_path({0.03, 0.01}, 2.0).towards, direction::leverage);
  EXPECT_EQ(after_path({-0.01, 0.01}, 2.0).towards, direction::deleverage);
  EXPECT_EQ(after_path({-0.01, 0.03, 0.001}, 2.0).towards, direction::leverage);
  EXPECT_EQ(after_path({0.03, 0.0, 0.019}, 2.0).towards, direction::deleverage);
}

TEST(Carry, NearWhereItWantsToBeItIsSilent) {
  EXPECT_FALSE(after_path({0.05}, 1.25 * 1.1).fired);
  EXPECT_TRUE(after_path({0.05}, std::nextafter(1.25 * 1.1, 2.0)).fired);
  EXPECT_FALSE(after_path({0.05}, 1.1).fired) << "too much leverage is another trigger's business";
  EXPECT_FALSE(after_path({-0.05}, 3.0 * 0.9).fired);
  EXPECT_TRUE(after_path({-0.05}, std::nextafter(3.0 * 0.9, 0.0)).fired);
  EXPECT_FALSE(after_path({-0.05}, infinity).fired);
}

TEST(Carry, ANaNChangesNothingAndIsNoSafety) {
  EXPECT_FALSE(after_path({nan}, 1.3).fired);
  EXPECT_EQ(after_path({0.05, nan}, 2.0).towards, direction::leverage);
  EXPECT_EQ(after_path({-0.05, nan}, 2.0).towards, direction::deleverage);
  EXPECT_EQ(after_path({-0.05}, nan).towards, direction::deleverage);
  EXPECT_FALSE(after_path({0.05}, nan).fired);
}

TEST(Carry, BadConfigurationIsRefusedByName) {
  for (double carry::*field : {&carry::enter, &carry::leave, &carry::target, &carry::safe, &carry::tolerance}) {
    carry bad = rule;
    bad.*field = nan;
    EXPECT_EQ(bad.validate(), errc::not_finite);
  }
  EXPECT_EQ((carry{.enter = 0.0, .leave = 0.0}.validate()), errc::bad_configuration);
  EXPECT_EQ((carry{.target = 1.0}.validate()), errc::bad_configuration);
  EXPECT_EQ((carry{.target = 1.25, .safe = 1.3}.validate()), errc::bad_configuration) << "within the tolerance";
  EXPECT_EQ((carry{.tolerance = -0.1}.validate()), errc::bad_configuration);
  EXPECT_EQ((carry{.tolerance = 1.0}.validate()), errc::bad_configuration);
}

}  // namespace

namespace laws {
namespace {

struct carry_case {
  static constexpr double healths[] = {std::numeric_limits<double>::quiet_NaN(), 1.1, 1.3, 2.0, 2.9, infinity};
  static constexpr seconds pauses[] = {seconds{12}};
  static constexpr bool fills = false;
  static constexpr std::size_t longest = 4;
  static constexpr int variants = 4;
  static signal vary(signal s, int k) {
    constexpr double carries[] = {-0.01, 0.01, 0.03, std::numeric_limits<double>::quiet_NaN()};
    s.carry = carries[k];
    return s;
  }
  static constexpr double emergency = -infinity;
  static constexpr auto trigger() { return rule; }
};
INSTANTIATE_TYPED_TEST_SUITE_P(Carry, TriggerLaws, carry_case);

}  // namespace
}  // namespace laws
}  // namespace trimtab
