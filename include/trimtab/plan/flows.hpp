// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/plan/step.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace trimtab {

/// With whom the wallet of a plan deals.
enum class party : std::uint8_t { collateral, debt, venues, lender, sender, owner };
inline constexpr std::size_t party_count = 6;

/// What one party gave to the wallet and took from it, of one token; smallest units, everything together.
struct flow {
  units given{};
  units taken{};
};

/// @brief Every unit that a settled plan moved, by token and party: the books of its wallet, which ends empty.
struct flows {
  static constexpr std::size_t max_tokens = plan<>::max_tokens;
  std::array<asset_id, max_tokens> tokens{};
  std::size_t token_count = 0;
  std::array<std::array<flow, party_count>, max_tokens> moved{};  ///< by token, then party

  /// Nothing for a token that the plan does not list.
  [[nodiscard]] constexpr flow of(asset_id asset, party with) const noexcept {
    for (std::size_t i = 0; i < token_count; ++i)
      if (tokens[i] == asset) return moved[i][static_cast<std::size_t>(with)];
    return {};
  }
  /// What a party ended up with more than before; nothing where it gave more than it took.
  [[nodiscard]] constexpr units gained(asset_id asset, party who) const noexcept {
    const flow f = of(asset, who);
    return f.taken.subtract(f.given).value();
  }
  /// Whether of every token just as much was taken as given, to the unit.
  [[nodiscard]] constexpr bool conserved() const noexcept {
    for (std::size_t i = 0; i < token_count; ++i) {
      result<units> given = units{}, taken = units{};
      for (const flow& f : moved[i]) {
        given = given->add(f.given), taken = taken->add(f.taken);
        if (!given.has_value() || !taken.has_value()) return false;
      }
      if (!(*given == *taken)) return false;
    }
    return true;
  }
};

namespace plan_detail {

constexpr errc assign(units& to, const result<units>& from) noexcept {
  if (!from.has_value()) return from.error();
  to = *from;
  return errc::ok;
}

// What one transaction holds between its steps, and its books. Tokens by their place in the plan's table.
struct wallet {
  std::array<units, flows::max_tokens> held{};
  std::array<units, flows::max_tokens> lent{};  // flash loans not returned yet
  flows books{};

  constexpr errc put(std::size_t token, party from, units amount) noexcept {
    flow& f = books.moved[token][static_cast<std::size_t>(from)];
    if (const errc e = assign(held[token], held[token].add(amount)); e != errc::ok) return e;
    return assign(f.given, f.given.add(amount));
  }
  constexpr errc take(std::size_t token, party to, units amount) noexcept {
    flow& f = books.moved[token][static_cast<std::size_t>(to)];
    if (const errc e = assign(held[token], held[token].subtract(amount)); e != errc::ok) return e;
    return assign(f.taken, f.taken.add(amount));
  }
};

// An amount that was sized to a limit and then rounded up still fits it.
constexpr bool fits(units amount, double limit, int decimals) noexcept {
  if (amount.to_tokens(decimals) <= limit) return true;
  const auto most = units::ceil(limit, decimals);
  return most.has_value() && amount <= *most;
}

}  // namespace plan_detail

}  // namespace trimtab
