// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/trigger/all_of.hpp>
#include <trimtab/trigger/any_of.hpp>
#include <trimtab/trigger/cooldown.hpp>
#include <trimtab/trigger/debounce.hpp>
#include <trimtab/trigger/drift_band.hpp>
#include <trimtab/trigger/emergency.hpp>
#include <trimtab/trigger/interval.hpp>
#include <trimtab/trigger/not_before.hpp>
#include <trimtab/trigger/price_move.hpp>

#include <array>
#include <cstddef>
#include <iostream>
#include <limits>

// Every path of looks and receipts up to a length over a finite grid, against what the words of each trigger say of the
// whole history, and against the order of a keeper that does what it is told. A path here is a history of looks;
// between two of them the order in flight is filled, reverted, or not heard of.
namespace trimtab {
namespace {

using trigger::drift_band;
constexpr timestamp start = at_unix(1'700'000'000);
constexpr drift_band band{.lower = 1.15, .target = 1.25, .upper = 1.70, .emergency = 1.05, .speed = 0.25};
constexpr drift_band calm_band{.lower = 1.15, .target = 1.25, .upper = 1.70};
constexpr double rearm = 0.5 * (1.15 + 1.25), rearm_above = 0.5 * (1.25 + 1.70);

struct look {
  double health;
  double price;
  timestamp now;
  timestamp last_fill;
};
constexpr std::size_t most = 6;
struct history {
  std::array<look, most> looks{};
  std::size_t size = 0;

  [[nodiscard]] const look& last() const { return looks[size - 1]; }
  [[nodiscard]] history before() const { return {looks, size - 1}; }
};

/// What the words say of a history: which way an episode leans, and whether it may be acted on at its last look.
struct said {
  direction leans = direction::none;
  bool acts = false;
  bool emergency = false;
};

/// Out of the band? Searched backwards: between an edge and its re-arm level only what came before decides.
direction out_of_band(const history& h) {
  for (std::size_t i = h.size; i-- > 0;) {
    const double x = h.looks[i].health, x_next = i + 1 < h.size ? h.looks[i + 1].health : x;
    if (!(x > 1.15)) return x_next >= rearm ? direction::none : direction::deleverage;
    if (x >= 1.70) return x_next <= rearm_above ? direction::none : direction::leverage;
    if (rearm <= x && x <= rearm_above) return direction::none;
    // Still between: it must be the same side that goes on.
    if ((x < rearm) != (x_next < rearm)) return direction::none;
  }
  return direction::none;
}
bool in_emergency(const history& h) {
  return !(h.last().health > 1.05);
}
bool since_fill(const history& h, seconds wait) {
  return h.last().last_fill == never || h.last().now - h.last().last_fill >= wait;
}
/// How long, and for how many moments, the last look's side has been out without a pause.
bool confirmed(const history& h, seconds time, int looks) {
  const direction side = out_of_band(h);
  history then = h;
  timestamp first = h.last().now;
  int moments = 0;
  timestamp counted = never;
  while (then.size > 0 && out_of_band(then) == side) {
    first = then.last().now;
    moments += first != counted ? 1 : 0;
    counted = first;
    --then.size;
  }
  return moments >= looks && h.last().now - first >= time;
}

struct one_health {
  static constexpr double prices[] = {0.0};
};

struct the_band : one_health {
  static constexpr const char* name = "drift_band";
  static constexpr double healths[] = {
      std::numeric_limits<double>::quiet_NaN(), 1.05, 1.10, 1.15, 1.18, 1.20, 1.40, 1.60, 1.70, infinity};
  static constexpr seconds pauses[] = {seconds{12}};
  static constexpr std::size_t length = 5;
  static constexpr auto trigger() { return band; }
  static said says(const history& h) {
    const direction d = out_of_band(h);
    return {d, d != direction::none, in_emergency(h)};
  }
};
struct band_and_cooldown : one_health {
  static constexpr const char* name = "all_of{drift_band, cooldown}";
  static constexpr double healths[] = {1.05, 1.10, 1.18, 1.40, 1.80};
  static constexpr seconds pauses[] = {seconds{12}, seconds{24}};
  static constexpr std::size_t length = 5;
  static constexpr auto trigger() { return trigger::all_of{band, trigger::cooldown{.wait = seconds{24}}}; }
  static said says(const history& h) {
    const direction d = out_of_band(h);
    return {d, d != direction::none && (in_emergency(h) || since_fill(h, seconds{24})), in_emergency(h)};
  }
};
struct debounced_band : one_health {
  static constexpr const char* name = "debounce{drift_band}, 24 s and three looks";
  static constexpr double healths[] = {1.05, 1.10, 1.18, 1.40, 1.80};
  static constexpr seconds pauses[] = {seconds{0}, seconds{12}};
  static constexpr std::size_t length = 5;
  static constexpr auto trigger() { return trigger::debounce{band, seconds{24}, 3}; }
  static said says(const history& h) {
    const direction d = out_of_band(h);
    return {d, d != direction::none && (in_emergency(h) || confirmed(h, seconds{24}, 3)), in_emergency(h)};
  }
};
struct debounced_looks : debounced_band {
  static constexpr const char* name = "debounce{drift_band}, two looks";
  static constexpr auto trigger() { return trigger::debounce{band, seconds{0}, 2}; }
  static said says(const history& h) {
    const direction d = out_of_band(h);
    return {d, d != direction::none && (in_emergency(h) || confirmed(h, seconds{0}, 2)), in_emergency(h)};
  }
};
struct three_permissions : one_health {
  static constexpr const char* name = "all_of{debounce{drift_band}, cooldown, not_before}";
  static constexpr double healths[] = {1.05, 1.10, 1.18, 1.40, 1.80};
  static constexpr seconds pauses[] = {seconds{12}, seconds{24}};
  static constexpr std::size_t length = 5;
  static constexpr auto trigger() {
    return trigger::all_of{trigger::debounce{band, seconds{12}, 2}, trigger::cooldown{.wait = seconds{24}},
                           trigger::not_before{.from = start + seconds{36}}};
  }
  static said says(const history& h) {
    const direction d = out_of_band(h);
    const bool allowed =
        confirmed(h, seconds{12}, 2) && since_fill(h, seconds{24}) && h.last().now >= start + seconds{36};
    return {d, d != direction::none && (in_emergency(h) || allowed), in_emergency(h)};
  }
};
struct emergency_beside : one_health {
  static constexpr const char* name = "any_of{emergency, all_of{drift_band, cooldown}}";
  static constexpr double healths[] = {1.04, 1.10, 1.15, 1.18, 1.40, 1.80};
  static constexpr seconds pauses[] = {seconds{12}, seconds{24}};
  static constexpr std::size_t length = 4;
  static constexpr auto trigger() {
    return trigger::any_of{trigger::emergency{.level = 1.05, .target = 1.25},
                           trigger::all_of{calm_band, trigger::cooldown{.wait = seconds{24}}}};
  }
  /// An emergency that has eased goes on without a cooldown until half way to the target.
  static bool eased(const history& h) {
    for (std::size_t i = h.size; i-- > 0;) {
      if (!(h.looks[i].health > 1.05)) return true;
      if (h.looks[i].health >= 1.15) return false;
    }
    return false;
  }
  static said says(const history& h) {
    const direction d = out_of_band(h);
    const bool eased_here = eased(h);
    return {d, eased_here || (d != direction::none && since_fill(h, seconds{24})), in_emergency(h)};
  }
};
struct band_price_and_time {
  static constexpr const char* name = "any_of{drift_band, price_move, interval}";
  static constexpr double healths[] = {1.05, 1.14, 1.18, 1.25, 1.60, 1.75};
  static constexpr double prices[] = {1000.0, 860.0, 930.0};
  static constexpr seconds pauses[] = {seconds{40}};
  static constexpr std::size_t length = 4;
  static constexpr auto trigger() {
    return trigger::any_of{
        band, trigger::price_move{.down = 0.125, .target = 1.25, .may_leverage = true},
        trigger::interval{.every = seconds{120}, .target = 1.25, .tolerance = 0.02, .may_leverage = true}};
  }
  /// Since the first look at or after the last fill: has the price fallen far enough, and not come half way back?
  static bool fallen(const history& h) {
    double anchor = 0.0;
    timestamp fill = never;
    bool far = false;
    for (std::size_t i = 0; i < h.size; ++i) {
      const look& l = h.looks[i];
      if (i == 0 || l.last_fill != fill) anchor = l.price, far = false;
      fill = l.last_fill;
      const double fall = 1.0 - l.price / anchor;
      far = fall >= 0.125 || (far && fall >= 0.0625);
    }
    return far;
  }
  static said says(const history& h) {
    const double x = h.last().health;
    const direction side = x < 1.25 ? direction::deleverage : x > 1.25 ? direction::leverage : direction::none;
    const timestamp since = h.last().last_fill == never ? h.looks[0].now : h.last().last_fill;
    const bool due = h.last().now - since >= seconds{120} && (x < 1.25 * 0.98 || x > 1.25 * 1.02);
    const direction other = fallen(h) || due ? side : direction::none;
    const direction d = out_of_band(h);
    const direction leans = d == direction::deleverage || other == direction::deleverage ? direction::deleverage
                            : d == direction::none                                       ? other
                                                                                         : d;
    return {leans, leans != direction::none, in_emergency(h)};
  }
};

/// A keeper that does what it is told: one order from the first word to act until there is no reason left.
struct keeper {
  int orders = 0, trades = 0;
  bool open = false, in_flight = false;
  direction towards = direction::none;

  void hears(const firing& f) {
    const bool acts = f.fired && f.towards != direction::none;
    if (!acts) {
      if (f.why == errc::inside_band || f.towards != towards) open = false;
      return;
    }
    const bool same = open && f.towards == towards;
    orders += same ? 0 : 1;
    trades += same && in_flight ? 0 : 1;
    open = in_flight = true;
    towards = f.towards;
  }
};

enum class heard { nothing, filled, reverted };

template <class Case>
class every_path {
public:
  long long paths = 0, steps = 0, fires = 0;

  void walk() {
    extend({}, {}, {}, start, never);
    std::cout << Case::name << ": " << paths << " paths of up to " << Case::length << " looks, " << steps << " steps, "
              << fires << " of them fired\n";
    EXPECT_GT(fires, steps / 10);
    EXPECT_LT(fires, steps * 9 / 10);
  }

private:
  static constexpr auto machine = Case::trigger();
  using state_type = typename decltype(Case::trigger())::state_type;
  bool failed_ = false;

  void holds(bool what, const char* law, const history& h) {
    if (what || failed_) return;
    failed_ = true;
    auto& out = std::cout;
    for (std::size_t i = 0; i < h.size; ++i)
      out << h.looks[i].health << " @" << (h.looks[i].now - start).count() << " price " << h.looks[i].price
          << (h.looks[i].last_fill == never ? "" : " filled") << "; ";
    ADD_FAILURE() << Case::name << ": " << law;
  }

  /// Orders there should be by now: episodes in which there was a look to act on.
  static int episodes(const std::array<said, most>& words, std::size_t size) {
    int count = 0;
    bool counted = false;
    for (std::size_t i = 0; i < size; ++i) {
      if (i == 0 || words[i].leans != words[i - 1].leans) counted = false;
      if (!words[i].acts || counted) continue;
      counted = true;
      ++count;
    }
    return count;
  }

  void extend(const history& so_far, const state_type& state, const keeper& k, timestamp last_look, timestamp fill,
              std::array<said, most> words = {}) {
    if (so_far.size == Case::length || failed_) return;
    for (const seconds pause : Case::pauses)
      for (const heard receipt : {heard::nothing, heard::filled, heard::reverted}) {
        if (receipt != heard::nothing && !k.in_flight) continue;
        const timestamp now = last_look + pause;
        const timestamp last_fill = receipt == heard::filled ? now : fill;
        for (const double price : Case::prices) {
          firing worse{};  // what was said one health below
          double worse_health = 0.0;
          for (const double health : Case::healths) {
            ++steps;
            history h = so_far;
            h.looks[h.size++] = {health, price, now, last_fill};
            const signal s{.health = health, .now = now, .last_fill = last_fill, .price = price};
            const state_type next = machine.step(state, s);
            const firing f = machine.fired(next);
            const bool acts = f.fired && f.towards != direction::none;
            fires += acts ? 1 : 0;

            const said says = Case::says(h);
            words[h.size - 1] = says;
            holds(acts == says.acts, "it fires exactly when its words say", h);
            holds(!acts || f.towards == says.leans, "and that way", h);
            holds(f.emergency == says.emergency, "never suppressed at or below emergency, and no emergency above", h);
            holds(!f.emergency || (acts && f.urgency == 1.0), "an emergency acts", h);
            holds(!acts || (f.towards == direction::deleverage ? !(f.target <= health) : f.target < health),
                  "towards its target", h);
            const firing again = machine.fired(machine.step(next, s));
            holds(again.fired == f.fired && again.towards == f.towards && again.target == f.target &&
                      again.why == f.why && again.emergency == f.emergency && again.urgency == f.urgency,
                  "the same signal twice is the same signal", h);

            // Monotone in distance, from the same state.
            if (worse_health > 0.0) {
              const bool down = acts && f.towards == direction::deleverage;
              const bool down_below = worse.fired && worse.towards == direction::deleverage;
              const bool up = acts && f.towards == direction::leverage;
              const bool up_below = worse.fired && worse.towards == direction::leverage;
              holds(!down || down_below, "what fires here fires at every worse health", h);
              holds(!up_below || up, "and what levers up here does at every higher one", h);
              holds(!down || worse.urgency >= f.urgency, "no less urgent there", h);
              holds(!down || worse.target - worse_health >= f.target - health, "and no shorter a way", h);
              holds(!(up && up_below) || health - f.target >= worse_health - worse.target, "nor up there", h);
              holds(!(up && down_below) || worse_health < health, "below and above are not the other way round", h);
            }
            worse = f;
            worse_health = health;

            keeper told = k;
            if (receipt != heard::nothing) told.in_flight = false;
            const int trades = told.trades;
            told.hears(f);
            holds(told.orders == episodes(words, h.size), "one order an episode", h);
            holds(!(receipt == heard::reverted && acts) || told.trades == trades + 1, "a revert waits for nothing", h);
            holds(told.trades <= static_cast<int>(h.size), "and a look is one trade at most", h);
            if (h.size == Case::length) ++paths;
            extend(h, next, told, now, last_fill, words);
          }
        }
      }
  }
};

TEST(EveryPath, DriftBand) {
  every_path<the_band>{}.walk();
}
TEST(EveryPath, DriftBandAndCooldown) {
  every_path<band_and_cooldown>{}.walk();
}
TEST(EveryPath, DebouncedBand) {
  every_path<debounced_band>{}.walk();
}
TEST(EveryPath, BandDebouncedByLooks) {
  every_path<debounced_looks>{}.walk();
}
TEST(EveryPath, DebounceCooldownAndNotBefore) {
  every_path<three_permissions>{}.walk();
}
TEST(EveryPath, EmergencyBesideBandAndCooldown) {
  every_path<emergency_beside>{}.walk();
}
TEST(EveryPath, BandPriceAndTime) {
  every_path<band_price_and_time>{}.walk();
}

}  // namespace
}  // namespace trimtab
