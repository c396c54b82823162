// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/policy/policy.hpp>
#include <trimtab/record/data.hpp>
#include <trimtab/record/read.hpp>
#include <trimtab/record/text.hpp>

namespace trimtab::record {

/// @brief All that a decision depends on, and the decision: what is written down so that it can be looked at again.
/// @tparam P the policy; @tparam S the snapshot
template <class P, class S>
struct incident {
  P policy;
  typename P::state_type state{};  ///< before the decision
  S snapshot{};
  typename P::decision_type decision{};

  constexpr explicit incident(const P& configured) noexcept : policy(configured) {}
  /// Decides, and keeps what led to it.
  constexpr incident(const P& configured, const typename P::state_type& before, const S& seen) noexcept
      : policy(configured), state(before), snapshot(seen), decision(configured(before, seen)) {}
};
template <class P, class State, class S>
incident(const P&, const State&, const S&) -> incident<P, S>;

template <class P, class S>
inline constexpr std::string_view names<incident<P, S>> = "policy state snapshot decision";

/// What a replay found. Lines of the text form of the two decisions, empty where the one is shorter than the other.
struct replayed {
  bool same = false;
  std::string_view recorded{};  ///< the first line that differs, in the record
  std::string_view now{};       ///< and as this program decides
};

/// @brief Decides again, from what the incident has written down, and compares the decision bit for bit with the one
/// recorded: field by field, to the first difference.
/// @param scratch twice the text of a decision; 16384 bytes suffice for the parts of this library
/// @errors capacity
template <class P, class S>
result<replayed> replay(const incident<P, S>& i, std::span<char> scratch) noexcept {
  const std::size_t half = scratch.size() / 2;
  const auto before = to_text("decision", i.decision, scratch.first(half));
  const auto after = to_text("decision", i.policy(i.state, i.snapshot), scratch.last(half));
  if (!before.has_value()) return before.error();
  if (!after.has_value()) return after.error();
  std::string_view recorded = *before, now = *after;
  const auto line = [](std::string_view s) { return s.substr(0, s.find('\n')); };
  while (!recorded.empty() && line(recorded) == line(now)) {
    recorded.remove_prefix(line(recorded).size() + 1);
    now.remove_prefix(line(now).size() + 1);
  }
  return replayed{.same = recorded.empty() && now.empty(), .recorded = line(recorded), .now = line(now)};
}

}  // namespace trimtab::record
