// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/trigger/combined.hpp>

namespace trimtab::trigger {

/// @brief Fires when every part fires, or when any part calls an emergency: a cooldown never outlasts one. Itself a
/// trigger.
///
/// Parts that lean in opposite directions cancel: nothing fires. The target is that of the first part with a direction,
/// the urgency the greatest of any. What it waits for is the first part that did not fire, once one leans anywhere;
/// which way is said also while it waits.
template <Trigger... T>
struct all_of : combined<T...> {
  using state_type = typename combined<T...>::state_type;

  constexpr explicit all_of(const T&... parts) noexcept : combined<T...>(parts...) {}

  [[nodiscard]] constexpr firing fired(const state_type& state) const noexcept {
    firing all{.fired = true};
    firing urgent;
    bool opposed = false;
    this->each(state, [&](const auto& part, const auto& part_state) {
      const firing f = part.fired(part_state);
      if (f.emergency && !urgent.emergency) urgent = f;
      if (!f.fired && (all.fired || all.why == errc::inside_band)) all.why = f.why;
      all.fired = all.fired && f.fired;
      if (f.towards == direction::none) return;
      opposed = opposed || (all.towards != direction::none && all.towards != f.towards);
      if (all.towards == direction::none) all.towards = f.towards, all.target = f.target;
      all.urgency = larger(all.urgency, f.urgency);
    });
    if (urgent.emergency) return urgent;
    return opposed || all.towards == direction::none ? firing{.fired = all.fired && !opposed} : all;
  }
};

template <class... T>
all_of(T...) -> all_of<T...>;

}  // namespace trimtab::trigger
