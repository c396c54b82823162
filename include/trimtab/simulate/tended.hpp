// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// A person: watches the same trigger, and comes to it late.

#include <trimtab/health/health_factor.hpp>
#include <trimtab/liquidity/frictionless.hpp>
#include <trimtab/simulate/keeper.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace trimtab::simulate {

/// @brief How a person works out the size.
enum class arithmetic : std::uint8_t {
  same_sizer,      ///< as the policy does: what is left of the difference is latency alone
  slippage_blind,  ///< at the oracle price, no fee, no impact: what people do
};

/// @brief Comes `delay` after the trigger fired, looks at what is there *then*, sends one transaction and waits for it.
/// When the account has recovered by itself in the meantime there is nothing to do. A person who is at the desk tries a
/// reverted transaction again, after a minute and at most three times; then, or when nothing can be sent, the next
/// visit is after another `delay`.
///
/// @tparam P the policy whose trigger is watched and whose sizer is used
template <class P>
class tended {
public:
  tended(const P& policy, seconds delay, arithmetic sums) : policy_(policy), delay_(delay), sums_(sums) {}

  [[nodiscard]] std::optional<wish> look(const sight& s) {
    const double health = health_factor(policy_.model.template liquidation_form<double>(s.account), s.prices);
    watch_ = policy_.trigger.step(watch_, {.health = health, .now = s.now, .last_fill = state_.last_fill});
    const firing f = policy_.trigger.fired(watch_);
    if (waiting_) return std::nullopt;
    if (!f.fired || f.towards == direction::none) {
      due_.reset();
      return std::nullopt;
    }
    if (!due_) due_ = s.now + delay_;
    if (s.now < *due_) return std::nullopt;
    const auto asked = sums_ == arithmetic::same_sizer ? ask(s) : ask(as_if_frictionless(s));
    waiting_ = asked.has_value();
    if (waiting_) {
      ++acted_;
    } else {
      leave(s.now);
    }
    return asked;
  }
  void told(const receipt& r) {
    state_ = policy_.on_receipt(state_, r);
    if (r.kind == receipt_kind::liquidated) return;
    waiting_ = false;
    if (r.kind == receipt_kind::filled) {
      due_.reset();
      tries_ = 0;
    } else if (++tries_ > most_retries) {
      leave(r.at);
    } else {
      due_ = r.at + before_retry;
    }
  }
  [[nodiscard]] thought last() const { return {decision_.verdict, decision_.reason, decision_.binding}; }
  [[nodiscard]] std::string explain() const { return detail::in_words(decision_); }
  [[nodiscard]] int acted() const { return acted_; }

private:
  static constexpr int most_retries = 3;
  static constexpr seconds before_retry{60};

  void leave(timestamp now) {
    due_ = now + delay_;
    tries_ = 0;
  }
  template <class V>
  [[nodiscard]] std::optional<wish> ask(const snapshot<V>& s) {
    decision_ = policy_(state_, s);
    state_ = decision_.state;
    if (decision_.verdict != verdict::rebalance) return std::nullopt;
    const auto steps = policy_.plan_for(decision_, s);
    if (!steps.has_value()) return std::nullopt;
    state_ = policy_.on_receipt(state_, {.kind = receipt_kind::sent, .nonce = decision_.nonce, .at = s.now});
    return wish{.steps = *steps, .nonce = decision_.nonce};
  }
  [[nodiscard]] snapshot<liquidity::frictionless> as_if_frictionless(const sight& s) const {
    const auto form = policy_.model.template liquidation_form<double>(s.account);
    const auto* sold = form.collateral.find(s.sell.in);
    const auto* owed = form.debt.find(s.sell.out);
    const double rate =
        sold != nullptr && owed != nullptr ? s.prices[sold->slot].value / s.prices[owed->slot].value : 1.0;
    snapshot<liquidity::frictionless> blind{};
    blind.now = s.now;
    blind.account = s.account;
    blind.prices = s.prices;
    blind.feeds = s.feeds;
    blind.reserves = s.reserves;
    blind.sell = {s.sell.in, s.sell.out, {.price = rate}, s.sell.in_decimals, s.sell.out_decimals};
    blind.buy = {s.buy.in, s.buy.out, {.price = 1.0 / rate}, s.buy.in_decimals, s.buy.out_decimals};
    blind.gas = s.gas;
    return blind;
  }

  P policy_;
  seconds delay_;
  arithmetic sums_;
  typename decltype(P::trigger)::state_type watch_{};
  typename P::state_type state_{};
  typename P::decision_type decision_{};
  std::optional<timestamp> due_;
  bool waiting_ = false;
  int acted_ = 0;
  int tries_ = 0;
};

}  // namespace trimtab::simulate
