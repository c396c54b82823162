// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/math.hpp>
#include <trimtab/trigger/concept.hpp>

#include <cstddef>
#include <tuple>
#include <utility>

namespace trimtab::trigger {

/// @brief What `all_of` and `any_of` share: parts side by side, stepped together. Every part sees every signal, fired
/// or not.
template <Trigger... T>
struct combined {
  std::tuple<T...> parts;

  using state_type = std::tuple<typename T::state_type...>;

  constexpr explicit combined(const T&... list) noexcept : parts(list...) {}

  /// The first part's complaint. @errors those of the parts
  [[nodiscard]] constexpr errc validate() const noexcept {
    errc first = errc::ok;
    std::apply([&](const T&... part) { ((first = first == errc::ok ? part.validate() : first), ...); }, parts);
    return first;
  }
  [[nodiscard]] constexpr state_type step(const state_type& state, const signal& s) const noexcept {
    return step_each(state, s, std::index_sequence_for<T...>{});
  }
  /// The common band of the parts that can act: outside one part's band that part may call an emergency, whatever the
  /// others say.
  [[nodiscard]] constexpr calm quiet(const state_type& state) const noexcept {
    calm common{.permits_only = true};
    each(state, [&](const auto& part, const auto& part_state) {
      const calm c = part.quiet(part_state);
      if (c.permits_only) return;
      common = {larger(common.low, c.low), smaller(common.high, c.high), false};
    });
    return common;
  }

protected:
  template <class F>
  constexpr void each(const state_type& state, F&& visit) const noexcept {
    visit_each(state, visit, std::index_sequence_for<T...>{});
  }

private:
  template <std::size_t... I>
  constexpr state_type step_each(const state_type& state, const signal& s, std::index_sequence<I...>) const noexcept {
    return state_type{std::get<I>(parts).step(std::get<I>(state), s)...};
  }
  template <class F, std::size_t... I>
  constexpr void visit_each(const state_type& state, F& visit, std::index_sequence<I...>) const noexcept {
    (visit(std::get<I>(parts), std::get<I>(state)), ...);
  }
};

}  // namespace trimtab::trigger
