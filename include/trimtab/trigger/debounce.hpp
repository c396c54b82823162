// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/trigger/concept.hpp>

#include <cstdint>

namespace trimtab::trigger {

/// @brief Lets a trigger through once it has fired for long enough and at enough looks, without a pause and without
/// turning round. An emergency passes at once. Itself a trigger.
///
/// Looks at the same moment are one. While it waits it says which way it leans.
template <Trigger T>
struct debounce {
  T trigger;
  seconds time{0};          ///< from the first look that fired
  std::uint32_t looks = 1;  ///< that fired, this one among them

  static constexpr unsigned reads = reads_of<T>();
  struct state_type {
    typename T::state_type inner{};
    direction towards = direction::none;
    std::uint32_t seen = 0;  ///< looks that fired, up to `looks`
    bool confirmed = false;
    timestamp since = never;   ///< the first of them
    timestamp latest = never;  ///< and the last
    friend constexpr bool operator==(const state_type&, const state_type&) = default;
  };

  constexpr debounce(const T& inner, seconds for_time, std::uint32_t for_looks = 1) noexcept
      : trigger(inner), time(for_time), looks(for_looks) {}

  /// @errors the trigger's; bad_configuration (a time below zero, no look at all)
  [[nodiscard]] constexpr errc validate() const noexcept {
    if (const errc e = trigger.validate(); e != errc::ok) return e;
    return time.count() >= 0 && looks > 0 ? errc::ok : errc::bad_configuration;
  }
  [[nodiscard]] constexpr state_type step(const state_type& before, const signal& s) const noexcept {
    state_type next;
    next.inner = trigger.step(before.inner, s);
    const firing f = trigger.fired(next.inner);
    if (!f.fired) return next;
    const bool goes_on = before.seen > 0 && before.towards == f.towards;
    next.towards = f.towards;
    next.since = goes_on ? before.since : s.now;
    const bool new_look = !goes_on || s.now != before.latest;
    const std::uint32_t so_far = goes_on ? before.seen : 0;
    next.seen = new_look && so_far < looks ? so_far + 1 : so_far;
    next.latest = s.now;
    next.confirmed = next.seen >= looks && s.now - next.since >= time;
    return next;
  }
  [[nodiscard]] constexpr firing fired(const state_type& s) const noexcept {
    firing f = trigger.fired(s.inner);
    if (!f.fired || f.emergency || s.confirmed) return f;
    f.fired = false;
    f.why = errc::unconfirmed;
    return f;
  }
  [[nodiscard]] constexpr calm quiet(const state_type& s) const noexcept {
    if (s.seen > 0) return {.low = 0.0, .high = 0.0};
    const calm c = trigger.quiet(s.inner);
    return c.permits_only ? restless() : c;  // a permission is waited for as well, look by look
  }
  [[nodiscard]] constexpr double aim(direction d) const noexcept { return aim_of(trigger, d); }
};

}  // namespace trimtab::trigger
