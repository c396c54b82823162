// SPDX-License-Identifier: MIT
#pragma once

/// @file
/// Who looks after an account: nobody, a policy, or (tended.hpp) a person with a delay. All see the same snapshot at
/// the same moment in the block, send the same kind of transaction through the same queue, and are told the same
/// receipts.

#include <trimtab/core/time.hpp>
#include <trimtab/liquidity/constant_product.hpp>
#include <trimtab/market/snapshot.hpp>
#include <trimtab/plan/step.hpp>
#include <trimtab/policy/explain.hpp>
#include <trimtab/policy/policy.hpp>

#include <array>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace trimtab::simulate {

/// @brief What a keeper is shown, once a block, after everything else in it has happened.
using sight = snapshot<liquidity::constant_product>;

/// @brief A transaction that a keeper wants sent.
struct wish {
  plan<> steps;
  std::uint64_t nonce = 0;  ///< of two in flight with one nonce, the first to land makes the other void
};

/// @brief What a keeper thought when it last looked; for causes, counts and the printed explanation.
struct thought {
  verdict said = verdict::hold;
  errc reason = errc::ok;
  sizing::limit binding = sizing::limit::none;
};

/// @brief Looks after one account. `sits_still` is the one to copy.
///
/// - `look(sight)`     the transaction to send now, or none; called once a block
/// - `told(receipt)`   what became of one, or that the account was liquidated
/// - `last()`          what it thought at the last look
/// - `explain()`       the same in one sentence
/// - `acted()`         how many transactions a person had to send
template <class K>
concept Keeper = requires(K& keeper, const K& watched, const sight& s, const receipt& r) {
  { keeper.look(s) } -> std::same_as<std::optional<wish>>;
  { keeper.told(r) } -> std::same_as<void>;
  { watched.last() } -> std::same_as<thought>;
  { watched.explain() } -> std::same_as<std::string>;
  { watched.acted() } -> std::same_as<int>;
};

/// @brief Nobody: the account sits still.
struct sits_still {
  [[nodiscard]] std::optional<wish> look(const sight&) { return std::nullopt; }
  void told(const receipt&) {}
  [[nodiscard]] thought last() const { return {}; }
  [[nodiscard]] std::string explain() const { return {}; }
  [[nodiscard]] int acted() const { return 0; }
};

namespace detail {

template <class State>
[[nodiscard]] std::string in_words(const decision<State>& d) {
  std::array<char, 640> buffer{};
  return std::string(trimtab::explain(d, buffer));
}

}  // namespace detail

/// @brief A policy, looked at every block.
template <class P>
class steered {
public:
  /// @param from  what it remembers of the time before
  explicit steered(const P& policy, const typename P::state_type& from = {}) : policy_(policy), state_(from) {}

  [[nodiscard]] std::optional<wish> look(const sight& s) {
    decision_ = policy_(state_, s);
    state_ = decision_.state;
    if (decision_.verdict != verdict::rebalance) return std::nullopt;
    const auto steps = policy_.plan_for(decision_, s);
    if (!steps.has_value()) {
      decision_.verdict = verdict::refuse;
      decision_.reason = steps.error();
      return std::nullopt;
    }
    state_ = policy_.on_receipt(state_, {.kind = decision_.replaces ? receipt_kind::replaced : receipt_kind::sent,
                                         .nonce = decision_.nonce,
                                         .at = s.now,
                                         .fee = decision_.gas_price});
    return wish{.steps = *steps, .nonce = decision_.nonce};
  }
  void told(const receipt& r) { state_ = policy_.on_receipt(state_, r); }
  [[nodiscard]] thought last() const { return {decision_.verdict, decision_.reason, decision_.binding}; }
  [[nodiscard]] std::string explain() const { return detail::in_words(decision_); }
  [[nodiscard]] int acted() const { return 0; }

private:
  P policy_;
  typename P::state_type state_{};
  typename P::decision_type decision_{};
};

}  // namespace trimtab::simulate
