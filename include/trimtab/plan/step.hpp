// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/core/time.hpp>
#include <trimtab/core/units.hpp>
#include <trimtab/market/asset.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace trimtab {

/// What a step does. The wallet is what the transaction holds between its steps; it starts empty, and what nobody has
/// taken in the end is the owner's.
enum class action : std::uint8_t {
  flash_borrow,  ///< lender → wallet
  flash_repay,   ///< wallet → lender, premium included
  withdraw,      ///< account collateral → wallet
  supply,        ///< wallet → account collateral
  borrow,        ///< new account debt → wallet
  repay,         ///< wallet → account debt
  swap,          ///< wallet → venue → wallet, at least `min_out`
  pay,           ///< wallet → whoever sent the transaction: gas or a reward, in kind
  transfer_in,   ///< owner → wallet
  transfer_out,  ///< wallet → owner
};
inline constexpr std::size_t action_count = 10;

/// The enumerator's own spelling, for logs.
constexpr const char* name(action a) noexcept {
  constexpr const char* names[] = {"flash_borrow", "flash_repay", "withdraw", "supply",      "borrow",
                                   "repay",        "swap",        "pay",      "transfer_in", "transfer_out"};
  return static_cast<std::size_t>(a) < action_count ? names[static_cast<std::size_t>(a)] : "unknown";
}

/// How a step's amount is meant.
enum class quantity : std::uint8_t {
  exact,                 ///< `amount`, to the unit; a repayment of more than is owed takes what is owed, where the
                         ///< protocol cuts it off
  all_held,              ///< all that the wallet holds of the asset; a repayment takes at most what is owed
  share_held,            ///< a swap: `amount` billionths of what the wallet holds of the asset, rounded down
  whole_debt_by_max,     ///< a repayment of all that is owed when it executes, said by the largest integer
  whole_debt_by_shares,  ///< the same, said by the debt's shares
};                       // of a whole debt, `amount` is what may be taken at most: the allowance
inline constexpr std::size_t quantity_count = 5;

/// The enumerator's own spelling, for logs.
constexpr const char* name(quantity q) noexcept {
  constexpr const char* names[] = {"exact", "all_held", "share_held", "whole_debt_by_max", "whole_debt_by_shares"};
  return static_cast<std::size_t>(q) < quantity_count ? names[static_cast<std::size_t>(q)] : "unknown";
}

/// So many billionths of an amount, rounded down, in exact integers. @pre at most a billion
constexpr units billionths_of(units amount, std::uint64_t parts) noexcept {
  constexpr std::uint64_t whole = 1'000'000'000;
  const units::integer n = (static_cast<units::integer>(amount.high()) << 64) | amount.low();
  const units::integer share = n / whole * parts + n % whole * parts / whole;
  return units::from_words(static_cast<std::uint64_t>(share >> 64), static_cast<std::uint64_t>(share));
}

/// One step, in smallest units.
struct step {
  action what = action::swap;
  quantity meant = quantity::exact;
  std::uint16_t venue = 0;  ///< swap only: which of the caller's listings
  asset_id asset{};         ///< what moves; for a swap, what goes in
  asset_id asset_out{};     ///< swap only
  units amount{};
  units min_out{};  ///< swap only
};

/// A token of a plan and how many of its decimals are smallest units.
struct token {
  asset_id asset{};
  int decimals = 18;
};

/// @brief The atomic transaction: steps in an order that is legal at every point, all or nothing. Data: whoever
/// executes it decides nothing.
/// @tparam N inline capacity
template <std::size_t N = 16>
struct plan {
  static constexpr std::size_t max_tokens = 8;

  std::array<step, N> steps{};
  std::uint32_t count = 0;
  std::uint32_t token_count = 0;
  std::array<token, max_tokens> tokens{};
  timestamp deadline = never;  ///< the last moment at which it may execute
  std::uint64_t seal = 0;      ///< `seal_of` the rest

  /// @errors capacity
  constexpr errc add(const step& s) noexcept {
    if (count >= N) return errc::capacity;
    steps[count++] = s;
    return errc::ok;
  }
  /// Lists a token. @errors capacity, bad_configuration (decimals that `units` do not have, or other ones than listed)
  constexpr errc list(asset_id asset, int decimals) noexcept {
    if (decimals < 0 || decimals > units::max_decimals) return errc::bad_configuration;
    if (const std::size_t at = index_of(asset); at < max_tokens)
      return tokens[at].decimals == decimals ? errc::ok : errc::bad_configuration;
    if (token_count >= max_tokens) return errc::capacity;
    tokens[token_count++] = {asset, decimals};
    return errc::ok;
  }

  constexpr const step* begin() const noexcept { return steps.data(); }
  constexpr const step* end() const noexcept { return steps.data() + (count < N ? count : N); }
  /// Where a token stands in the table; `max_tokens` where it does not.
  [[nodiscard]] constexpr std::size_t index_of(asset_id asset) const noexcept {
    for (std::size_t i = 0; i < token_count && i < max_tokens; ++i)
      if (tokens[i].asset == asset) return i;
    return max_tokens;
  }
  /// −1 for a token that is not listed.
  [[nodiscard]] constexpr int decimals(asset_id asset) const noexcept {
    const std::size_t at = index_of(asset);
    return at < max_tokens ? tokens[at].decimals : -1;
  }
};

/// @brief A checksum over every field of a plan but the seal itself. Against accidents, not against an adversary.
///
/// Formula   h ← (h ⊕ word)·p, h ← h ⊕ (h >> 32), word after word: a bijection of h for every word and of the word for
///           every h. So a change within any one 64-bit word of a plan changes the seal for certain, any other but for
///           one in 2⁶⁴.
/// @source   Fowler, Noll, Vo 1991, FNV-1a, constants of 64 bits; words instead of octets and the fold: here
template <std::size_t N>
constexpr std::uint64_t seal_of(const plan<N>& p) noexcept {
  std::uint64_t h = 0xcbf29ce484222325ULL;
  const auto put = [&h](std::uint64_t word) {
    h = (h ^ word) * 0x100000001b3ULL;
    h ^= h >> 32;
  };
  put(static_cast<std::uint64_t>(unix_seconds(p.deadline)));
  put((std::uint64_t{p.count} << 32) | p.token_count);
  for (std::size_t i = 0; i < p.token_count && i < p.max_tokens; ++i)
    put((std::uint64_t{p.tokens[i].asset.value} << 32) | static_cast<std::uint32_t>(p.tokens[i].decimals));
  for (const step& s : p) {
    put((static_cast<std::uint64_t>(s.what) << 32) | (static_cast<std::uint64_t>(s.meant) << 16) | s.venue);
    put((std::uint64_t{s.asset.value} << 32) | s.asset_out.value);
    put(s.amount.high());
    put(s.amount.low());
    put(s.min_out.high());
    put(s.min_out.low());
  }
  return h;
}

/// The plan with its seal set, as whoever makes or changes one hands it on.
template <std::size_t N>
constexpr plan<N> sealed(plan<N> p) noexcept {
  p.seal = seal_of(p);
  return p;
}

}  // namespace trimtab
