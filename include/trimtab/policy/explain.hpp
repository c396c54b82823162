// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/policy/decision.hpp>

#include <cstddef>
#include <cstdio>
#include <span>
#include <string_view>

namespace trimtab {

namespace policy_detail {

/// Text behind text in a buffer; what does not fit is cut.
class sentence {
public:
  explicit sentence(std::span<char> out) noexcept : out_(out) {}

  template <class... A>
  sentence& add(const char* format, A... values) noexcept {
    const std::size_t room = out_.size() - size_;
    if constexpr (sizeof...(values) == 0)
      return add("%s", format);
    else if (const int n = std::snprintf(out_.data() + size_, room, format, values...); n > 0)
      size_ += static_cast<std::size_t>(n) < room ? static_cast<std::size_t>(n) : room - 1;
    return *this;
  }
  [[nodiscard]] std::string_view text() const noexcept { return {out_.data(), size_}; }

private:
  std::span<char> out_;  // never empty
  std::size_t size_ = 0;
};

template <class State>
void add_trade(sentence& say, const decision<State>& d) noexcept {
  const sizing::trade& t = d.trade;
  if (t.sold > 0.0)
    say.add(": %s %.6g for at least %.6g (%.6g expected)",
            t.towards == direction::deleverage ? "sell collateral" : "borrow and sell", t.sold, t.min_out,
            t.expected_out);
  else
    say.add(": hand out %.6g of collateral", t.paid_out);
  say.add(", health then %.4f (at worst %.4f), cost %.4g", t.health_after, t.health_at_min_out, t.cost.total());
  if (t.cost.reward > 0.0) say.add(" with %.4g to the sender", t.cost.reward);
  if (d.benefit > 0.0) say.add(" for a benefit of %.4g", d.benefit);
  if (d.binding != sizing::limit::none) say.add("; held back by %s", name(d.binding));
  if (d.replaces)
    say.add("; in place of order %llu in flight, at a fee of %.4g", static_cast<unsigned long long>(d.nonce),
            d.gas_price);
}

template <class State>
void add_refusal(sentence& say, const decision<State>& d) noexcept {
  say.add("refused, %s", name(d.reason));
  if (d.binding != sizing::limit::none) say.add(" by %s", name(d.binding));
  if (d.reason == errc::gas_ceiling) say.add(" (gas at %.4g, at most %.4g)", d.gas_price, d.gas_limit);
  if (d.reason == errc::cost_exceeds_benefit) say.add(" (cost %.4g, benefit %.4g)", d.cost, d.benefit);
  if (d.best_health > 0.0) say.add("; best reachable %.4f", d.best_health);
}

}  // namespace policy_detail

/// @brief One sentence, with the numbers, for people; cut where the buffer ends.
/// @param out the caller's buffer, 640 characters suffice for any health below 10²⁰
/// @return    what was written into it
template <class State>
std::string_view explain(const decision<State>& d, std::span<char> out) noexcept {
  if (out.empty()) return {};
  policy_detail::sentence say(out);
  // Refused at the door, there is no health and no target; refused before sizing, nobody knows what can be reached.
  const bool weighed = d.verdict != verdict::hold && d.target > 0.0;
  if (weighed || d.verdict == verdict::hold) {
    say.add("%shealth %.4f", d.emergency ? "emergency: " : "", d.health);
    if (d.trust != trust::ok && d.fair_health != d.health) say.add(" (%.4f at fair prices)", d.fair_health);
    if (d.next_health < d.health) say.add(" (%.4f at the next)", d.next_health);
    if (weighed) say.add(", target %.4f", d.target);
  }
  switch (d.verdict) {
    case verdict::rebalance:
      policy_detail::add_trade(say, d);
      break;
    case verdict::refuse:
      policy_detail::add_refusal(say.add(weighed ? ": " : ""), d);
      break;
    case verdict::hold:
      if (d.reason == errc::pending)
        say.add(": hold, order %llu is in flight and would make it %.4f", static_cast<unsigned long long>(d.nonce),
                d.health_with_fill);
      else
        say.add(": hold, %s", name(d.reason));
  }
  if (d.trust != trust::ok) say.add("; %s, %s in slot %d", name(reason_of(d.trust)), name(d.doubt), d.doubted.index);
  if (d.alarms.any()) {
    const char* before = "; alarm: ";
    const auto alarm = [&](bool on, const char* what) {
      if (on) say.add("%s%s", before, what), before = ", ";
    };
    alarm(d.alarms.gas_tank_low, "gas_tank_low");
    alarm(d.alarms.overvalued, "overvalued");
    alarm(d.alarms.undervalued, "undervalued");
    alarm(d.alarms.own_reference, "own_reference");
    alarm(d.alarms.in_danger, "in_danger");
  }
  return say.text();
}

}  // namespace trimtab
