// SPDX-License-Identifier: MIT
#pragma once

#include <trimtab/liquidity/concept.hpp>
#include <trimtab/market/snapshot.hpp>
#include <trimtab/plan/carry_out.hpp>

#include <array>
#include <span>

namespace trimtab {

/// A venue as a settled plan leaves it, and what went through it.
template <class V>
struct traded {
  V venue{};
  units in{};
  units out{};
};

/// What a settled plan leaves behind.
template <class V, std::size_t N = 8, std::size_t K = 8>
struct settlement {
  trimtab::account<N> account{};
  std::array<traded<V>, K> venues{};  ///< as the caller listed them
  flows moved{};                      ///< every unit, by token and party; what is left over went to the owner
};

namespace plan_detail {

template <std::size_t K, class H, class V, std::size_t N, std::size_t M>
constexpr result<settlement<V, N, K>> settle(const H& model, const account<N>& before, const plan<M>& p,
                                             std::span<const listing<V>> venues, oracle_prices<double> prices,
                                             std::span<const reserve_limits> reserves, timestamp now,
                                             basis_points flash_premium) noexcept {
  if (seal_of(p) != p.seal) return errc::corrupted;
  if (now > p.deadline) return errc::expired;
  if (venues.size() > K) return errc::capacity;
  settlement<V, N, K> out{};
  for (std::size_t k = 0; k < venues.size(); ++k) out.venues[k].venue = venues[k].venue;
  const auto pays = [&](const step& s, units amount) -> result<units> {
    if (s.venue >= venues.size()) return errc::size_mismatch;
    const listing<V>& market = venues[s.venue];
    if (!(s.asset == market.in) || !(s.asset_out == market.out)) return errc::asset_mismatch;
    const int in_decimals = p.decimals(s.asset), out_decimals = p.decimals(s.asset_out);
    if (market.in_decimals != in_decimals || market.out_decimals != out_decimals) return errc::bad_configuration;
    if (const errc e = market.venue.validate(); e != errc::ok) return e;  // its curve would say anything
    traded<V>& at = out.venues[s.venue];
    if (!fits(amount, at.venue.capacity(), in_decimals)) return errc::insufficient_balance;
    const double tokens = amount.to_tokens(in_decimals);
    const auto paid = units::floor(at.venue.amount_out(tokens), out_decimals);
    if (!paid.has_value()) return paid.error();
    at.venue = at.venue.after(tokens);
    for (const errc e : {assign(at.in, at.in.add(amount)), assign(at.out, at.out.add(*paid))})
      if (e != errc::ok) return e;
    return paid;
  };
  execution<H, N, M> x{model, p, prices, flash_premium, before, {}, {}};
  if (const errc e = carry_out(x, reserves, pays); e != errc::ok) return e;
  out.account = x.now;
  out.moved = x.w.books;
  return out;
}

}  // namespace plan_detail

/// @brief Executes a plan on an account and venues: every step or none, every limit checked where the protocol would
/// check it.
///
/// Token movements are exact in smallest units. The account's balances are doubles and move by the same amounts, each
/// made a double against it, the balance then to the nearest double: of a balance so large that a movement is less than
/// half its last place, it is not seen to move. A swap pays the venue's curve rounded down. Withdrawals must keep the
/// form the model names at or above 1, borrows both forms; what a flash loan lent must come back in one piece with the
/// lender's premium. Limits are used up step by step. The account is the one at inclusion: its debt may have grown
/// since the plan was made.
/// @param venues        what the steps' numbers index; at most 8
/// @param flash_premium what the lender asks for, of the amount lent
/// @errors corrupted (not as sealed), expired, capacity, bad_configuration (a step that says what its action does not
/// read, decimals other than the venue's, a whole debt in another protocol's words), duplicate_asset, asset_mismatch,
/// size_mismatch (no such venue or price), insufficient_balance, slippage, unhealthy_step, reserve_closed,
/// unpaid_flash_loan, dust (a step that moves nothing; a debt left that is neither nothing nor enough), not_finite,
/// negative_amount, non_positive_price, those of a venue that is traded with, overflow, outside_validity (a step leaves
/// the piece the model was built for)
template <HealthModel H, class V, std::size_t N, std::size_t M>
constexpr result<settlement<V, N>> settle(const H& model, const account<N>& before, const plan<M>& p,
                                          std::span<const listing<V>> venues, oracle_prices<double> prices,
                                          std::span<const reserve_limits> reserves, timestamp now,
                                          basis_points flash_premium = {}) noexcept {
  return plan_detail::settle<8>(model, before, p, venues, prices, reserves, now, flash_premium);
}

/// The same with one venue, number 0.
template <HealthModel H, class V, std::size_t N, std::size_t M>
constexpr result<settlement<V, N, 1>> settle(const H& model, const account<N>& before, const plan<M>& p,
                                             const listing<V>& market, oracle_prices<double> prices,
                                             std::span<const reserve_limits> reserves, timestamp now,
                                             basis_points flash_premium = {}) noexcept {
  return plan_detail::settle<1>(model, before, p, std::span<const listing<V>>(&market, 1), prices, reserves, now,
                                flash_premium);
}

}  // namespace trimtab
