// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/policy/decision.hpp>

#include <cstdio>
#include <span>
#include <string_view>

namespace trimtab {

/// @brief One sentence, with the numbers, for people; cut where the buffer ends.
/// @param out the caller's buffer, 256 characters suffice
/// @return    what was written into it
template <class State>
std::string_view explain(const decision<State>& d, std::span<char> out) noexcept {
  if (out.empty()) return {};
  int n = 0;
  const char* urgent = d.emergency ? "emergency: " : "";
  if (d.verdict == verdict::rebalance) {
    const auto& t = d.trade;
    const bool down = t.towards == direction::deleverage;
    n = std::snprintf(out.data(), out.size(),
                      "%shealth %.4f, target %.4f: %s %.6g for at least %.6g (%.6g expected), health then %.4f (at "
                      "worst %.4f), cost %.4g%s%s",
                      urgent, d.health, d.target, down ? "sell collateral" : "borrow and sell", t.sold, t.min_out,
                      t.expected_out, t.health_after, t.health_at_min_out, t.cost.total(),
                      d.binding == sizing::limit::none ? "" : "; held back by ",
                      d.binding == sizing::limit::none ? "" : name(d.binding));
  } else if (d.verdict == verdict::refuse) {
    // Refused at the door, there is no health and no target; refused before sizing, nobody knows what can be reached.
    const bool bound = d.binding != sizing::limit::none, weighed = d.target > 0.0, sized = d.best_health > 0.0;
    char before[64] = "", after[48] = "";
    if (weighed) std::snprintf(before, sizeof before, "%shealth %.4f, target %.4f: ", urgent, d.health, d.target);
    if (sized) std::snprintf(after, sizeof after, "; best reachable %.4f", d.best_health);
    n = std::snprintf(out.data(), out.size(), "%srefused, %s%s%s%s", before, name(d.reason), bound ? " by " : "",
                      bound ? name(d.binding) : "", after);
  } else if (d.reason == errc::pending) {
    n = std::snprintf(out.data(), out.size(), "health %.4f: hold, order %llu is in flight and would make it %.4f",
                      d.health, static_cast<unsigned long long>(d.nonce), d.health_with_fill);
  } else {
    n = std::snprintf(out.data(), out.size(), "health %.4f: hold, %s", d.health, name(d.reason));
  }
  const auto room = out.size() - 1;
  const auto wrote = n < 0 ? 0U : static_cast<std::size_t>(n);
  return {out.data(), wrote < room ? wrote : room};
}

}  // namespace trimtab
