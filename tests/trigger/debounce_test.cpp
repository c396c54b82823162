// SPDX-License-Identifier: MIT
#include <trimtab/trigger/all_of.hpp>
#include <trimtab/trigger/any_of.hpp>
#include <trimtab/trigger/cooldown.hpp>
#include <trimtab/trigger/debounce.hpp>
#include <trimtab/trigger/drift_band.hpp>

#include "laws/trigger_laws.hpp"
#include <initializer_list>

namespace trimtab {
namespace {

using trigger::debounce;
using trigger::drift_band;
constexpr timestamp start = at_unix(1'700'000'000);
constexpr drift_band band{.lower = 1.15, .target = 1.25, .upper = 1.70, .emergency = 1.05};
constexpr debounce slow{band, seconds{60}};
constexpr debounce thrice{band, seconds{0}, 3};
static_assert(slow.validate() == errc::ok && thrice.validate() == errc::ok);

struct look {
  long long at;
  double health;
};
template <class T>
constexpr firing after_path(const T& rule, std::initializer_list<look> path) {
  typename T::state_type s;
  for (const look& l : path) s = rule.step(s, {.health = l.health, .now = start + seconds{l.at}});
  return rule.fired(s);
}
static_assert(!after_path(slow, {{0, 1.10}}).fired && after_path(slow, {{0, 1.10}}).why == errc::unconfirmed);
static_assert(after_path(slow, {{0, 1.10}}).towards == direction::deleverage, "which way it leans is said");
static_assert(!after_path(slow, {{0, 1.10}, {59, 1.10}}).fired && after_path(slow, {{0, 1.10}, {60, 1.10}}).fired);
static_assert(!after_path(thrice, {{0, 1.10}, {1, 1.10}}).fired && after_path(thrice, {{0, 1.1}, {1, 1.1}, {2, 1.1}}));
static_assert(after_path(slow, {{0, 1.05}}).emergency && after_path(thrice, {{0, 1.05}}).emergency);

TEST(Debounce, APauseStartsItAnew) {
  EXPECT_FALSE(after_path(slow, {{0, 1.10}, {30, 1.40}, {60, 1.10}, {119, 1.10}}).fired);
  EXPECT_TRUE(after_path(slow, {{0, 1.10}, {30, 1.40}, {60, 1.10}, {120, 1.10}}).fired);
  EXPECT_FALSE(after_path(thrice, {{0, 1.10}, {1, 1.10}, {2, 1.40}, {3, 1.10}}).fired);
  EXPECT_TRUE(after_path(slow, {{0, 1.10}, {30, 1.16}, {60, 1.10}}).fired) << "below the re-arm level is no pause";
}

TEST(Debounce, TurningRoundStartsItAnew) {
  EXPECT_FALSE(after_path(slow, {{0, 1.10}, {60, 1.80}}).fired);
  EXPECT_TRUE(after_path(slow, {{0, 1.10}, {60, 1.80}, {120, 1.80}}).fired);
  EXPECT_FALSE(after_path(thrice, {{0, 1.10}, {1, 1.10}, {2, 1.80}}).fired);
}

TEST(Debounce, LooksAtTheSameMomentAreOne) {
  EXPECT_FALSE(after_path(thrice, {{0, 1.10}, {0, 1.10}, {0, 1.10}, {1, 1.10}}).fired);
  EXPECT_TRUE(after_path(thrice, {{0, 1.10}, {0, 1.10}, {1, 1.10}, {2, 1.10}}).fired);
}

TEST(Debounce, OnceThroughItStaysUntilTheEpisodeEnds) {
  EXPECT_TRUE(after_path(slow, {{0, 1.10}, {60, 1.10}, {61, 1.16}, {62, 1.19}}).fired);
  EXPECT_FALSE(after_path(slow, {{0, 1.10}, {60, 1.10}, {61, 1.30}, {62, 1.10}}).fired);
  EXPECT_TRUE(after_path(slow, {{0, 1.05}, {60, 1.10}}).fired) << "an emergency that eases has been looked at as well";
}

TEST(Debounce, BothTimeAndLooksAreAskedFor) {
  constexpr debounce both{band, seconds{60}, 3};
  EXPECT_FALSE(after_path(both, {{0, 1.10}, {60, 1.10}}).fired);
  EXPECT_FALSE(after_path(both, {{0, 1.10}, {1, 1.10}, {2, 1.10}}).fired);
  EXPECT_TRUE(after_path(both, {{0, 1.10}, {1, 1.10}, {60, 1.10}}).fired);
}

TEST(Debounce, TheReasonComesThroughCombinations) {
  constexpr trigger::all_of both{slow, trigger::cooldown{.wait = seconds{0}}};
  EXPECT_EQ(after_path(both, {{0, 1.10}}).why, errc::unconfirmed);
  constexpr trigger::any_of either{drift_band{.lower = 1.01, .target = 1.02}, slow};
  EXPECT_EQ(after_path(either, {{0, 1.10}}).why, errc::unconfirmed);
  EXPECT_EQ(after_path(either, {{0, 1.40}}).why, errc::inside_band);
}

TEST(Debounce, BadConfigurationIsRefused) {
  EXPECT_EQ((debounce{band, seconds{-1}}.validate()), errc::bad_configuration);
  EXPECT_EQ((debounce{band, seconds{0}, 0}.validate()), errc::bad_configuration);
  EXPECT_EQ((debounce{drift_band{.target = infinity}, seconds{0}}.validate()), errc::not_finite);
  EXPECT_EQ((after_path(debounce{band, seconds{0}}, {{0, 1.10}}).fired), true) << "no time and one look: no debounce";
}

}  // namespace

namespace laws {
namespace {

struct by_looks : band_grid {
  static constexpr std::size_t longest = 4;
  static constexpr double emergency = 1.05;
  static constexpr auto trigger() { return trigger::debounce{band, seconds{0}, 2}; }
};
struct by_time : cooldown_grid {
  static constexpr double emergency = 1.05;
  static constexpr auto trigger() { return trigger::debounce{band, seconds{24}}; }
};
struct of_a_permission : cooldown_grid {
  static constexpr double emergency = 1.05;
  static constexpr auto trigger() {
    return trigger::all_of{band, trigger::debounce{trigger::cooldown{.wait = seconds{12}}, seconds{12}, 2}};
  }
};
using debounced = testing::Types<by_looks, by_time, of_a_permission>;
INSTANTIATE_TYPED_TEST_SUITE_P(Debounce, TriggerLaws, debounced);

}  // namespace
}  // namespace laws
}  // namespace trimtab
