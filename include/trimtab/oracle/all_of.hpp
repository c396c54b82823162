// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/pack.hpp>
#include <trimtab/oracle/concept.hpp>

#include <cstddef>
#include <utility>

namespace trimtab::oracle {

/// @brief Several guards, all of which must be content; itself a guard. A guard that knows who is wrong
/// settles a mere difference; two opposite accusations settle nothing (`worse`).
template <OracleGuard... G>
struct all_of {
  pack<G...> guards;

  using state_type = pack<typename G::state_type...>;

  constexpr explicit all_of(const G&... parts) noexcept : guards(parts...) {}

  [[nodiscard]] constexpr errc validate() const noexcept {
    errc first = errc::ok;
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      ((first = first == errc::ok ? get<I>(guards).validate() : first), ...);
    }
    (std::index_sequence_for<G...>{});
    return first;
  }
  [[nodiscard]] constexpr guarded<state_type> step(const state_type& state, const quote& q,
                                                   timestamp now) const noexcept {
    guarded<state_type> out{trust::ok, state};
    step_each(out, q, now, std::index_sequence_for<G...>{});
    return out;
  }

private:
  template <std::size_t... I>
  constexpr void step_each([[maybe_unused]] guarded<state_type>& out, [[maybe_unused]] const quote& q,
                           [[maybe_unused]] timestamp now, std::index_sequence<I...>) const noexcept {
    (step_one<I>(out, q, now), ...);
  }
  template <std::size_t I>
  constexpr void step_one(guarded<state_type>& out, const quote& q, timestamp now) const noexcept {
    const auto part = get<I>(guards).step(get<I>(out.state), q, now);
    get<I>(out.state) = part.state;
    const trust both = worse(out.verdict, part.verdict);
    // The reason is that of the guard whose word settled it; the first one's when two say the same.
    if (both != out.verdict) out.why = part.why;
    out.verdict = both;
  }
};

template <class... G>
all_of(G...) -> all_of<G...>;

}  // namespace trimtab::oracle
