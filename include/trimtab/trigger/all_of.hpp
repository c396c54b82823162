// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/trigger/combined.hpp>

namespace trimtab::trigger {

/// @brief Fires when every part fires, or when any part calls an emergency: a cooldown never outlasts one. Itself a
/// trigger.
///
/// Parts that lean in opposite directions cancel: nothing fires but an emergency. The target is the farthest and the
/// urgency the greatest of the parts that lean. What it waits for is the first part that did not fire, once one leans
/// anywhere; which way is said also while it waits.
template <Trigger... T>
struct all_of : combined<T...> {
  using state_type = typename combined<T...>::state_type;

  constexpr explicit all_of(const T&... parts) noexcept : combined<T...>(parts...) {}

  [[nodiscard]] constexpr firing fired(const state_type& state) const noexcept {
    firing all{.fired = true};
    common_way down, up;
    bool urgent = false;
    this->each(state, [&](const auto& part, const auto& part_state) {
      const firing f = part.fired(part_state);
      if (!f.fired && (all.fired || all.why == errc::inside_band)) all.why = f.why;
      all.fired = all.fired && f.fired;
      if (f.emergency && !urgent) urgent = true, all.towards = f.towards;
      if (f.towards == direction::none) return;
      (f.towards == direction::deleverage ? down : up).add(f);
      if (all.towards == direction::none) all.towards = f.towards;
    });
    const bool opposed = down.target != 0.0 && up.target != 0.0;
    if (!urgent && (opposed || all.towards == direction::none)) return {.fired = all.fired && !opposed};
    const common_way& way = all.towards == direction::deleverage ? down : up;
    all.target = way.target;
    all.urgency = way.urgency;
    if (urgent) all.fired = all.emergency = true, all.why = errc::inside_band;
    return all;
  }
  /// An emergency of one part is enough to deleverage; levering up needs every part that ever leans.
  [[nodiscard]] constexpr double aim(direction d) const noexcept {
    bool all = true;
    this->each({}, [&](const auto& part, const auto&) {
      const bool never_up = aim_of(part, direction::leverage) == 0.0;
      if (never_up && aim_of(part, direction::deleverage) != 0.0) all = false;
    });
    return d == direction::leverage && !all ? 0.0 : combined<T...>::aim(d);
  }
};

template <class... T>
all_of(T...) -> all_of<T...>;

}  // namespace trimtab::trigger
