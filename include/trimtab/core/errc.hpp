// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace trimtab {

/// Why something was refused. One list for the whole library, in the desk's words; "nothing to do" is a decision, not
/// an error.
enum class errc : std::uint8_t {
  ok,
  // what came in
  not_finite,          ///< a NaN or an infinity where a number was expected
  negative_amount,     ///< a balance, amount or limit below zero
  non_positive_price,  ///< a price of zero or less
  size_mismatch,       ///< a slot, index or span outside the table it reads
  asset_mismatch,      ///< an asset the model, the account or the venue does not list
  capacity,            ///< more holdings or steps than the inline capacity
  overflow,            ///< an amount that does not fit 128-bit smallest units, a number that does not fit 256 bits
  malformed_number,    ///< text that is no unsigned integer, decimal or 0x-hexadecimal
  duplicate_asset,     ///< an asset listed twice
  threshold_range,     ///< a threshold, LTV or collateral factor outside what it may be
  unknown_emode,       ///< an efficiency-mode category the model does not list
  outside_validity,    ///< prices or amounts beyond the edge up to which this form is the protocol's
  bad_configuration,   ///< parameters that contradict each other, e.g. target below the lower edge
  time_backwards,      ///< an observation or receipt older than one already seen, or from the future
  // what we were told about prices
  oracle_ours,      ///< our own reference is stale or wrong: do not trade on it
  oracle_protocol,  ///< the protocol's feed is stale or wrong: no new risk
  oracle_unknown,   ///< sources disagree and nothing says which is wrong: no new risk
  // what cannot be done
  infeasible,            ///< no trade reaches the target; the binding limit says why
  would_worsen,          ///< every trade on offer lowers health
  already_there,         ///< health is on the wanted side of the target already
  dust,                  ///< the trade or what it leaves is below a minimum
  cost_exceeds_limit,    ///< trading cost above the caller's ceiling
  cost_exceeds_benefit,  ///< trading cost above the liquidation loss it is expected to save
  gas_ceiling,           ///< gas price above the caller's ceiling, and no emergency
  gas_tank,              ///< the native-token tank cannot pay for the transaction
  no_convergence,        ///< an iteration ended without a certificate
  not_liquidatable,      ///< the protocol would reject this liquidation
  // waiting
  inside_band,  ///< nothing fired
  cooldown,     ///< fired, and the last fill is too recent
  pending,      ///< an order is in flight and its fill would be enough
  not_yet,      ///< before the moment from which it may act
  unconfirmed,  ///< fired, and has to stay so for longer or for more looks
  pace,         ///< the next piece of a schedule is not due yet
  // settlement
  slippage,              ///< a venue paid less than the leg's minimum
  insufficient_balance,  ///< a step takes more than is there
  unpaid_flash_loan,     ///< the plan ends owing a flash loan
  unhealthy_step,        ///< an intermediate state violates the liquidation or the borrow form
  reserve_closed,        ///< a reserve is inactive, paused or frozen for this step
  expired,               ///< past the deadline
  corrupted,             ///< a plan that is not as it was sealed
};

/// The enumerator's own spelling, for logs.
constexpr const char* name(errc e) noexcept {
  switch (e) {
    case errc::ok:
      return "ok";
    case errc::not_finite:
      return "not_finite";
    case errc::negative_amount:
      return "negative_amount";
    case errc::non_positive_price:
      return "non_positive_price";
    case errc::size_mismatch:
      return "size_mismatch";
    case errc::asset_mismatch:
      return "asset_mismatch";
    case errc::capacity:
      return "capacity";
    case errc::overflow:
      return "overflow";
    case errc::malformed_number:
      return "malformed_number";
    case errc::duplicate_asset:
      return "duplicate_asset";
    case errc::threshold_range:
      return "threshold_range";
    case errc::unknown_emode:
      return "unknown_emode";
    case errc::outside_validity:
      return "outside_validity";
    case errc::bad_configuration:
      return "bad_configuration";
    case errc::time_backwards:
      return "time_backwards";
    case errc::oracle_ours:
      return "oracle_ours";
    case errc::oracle_protocol:
      return "oracle_protocol";
    case errc::oracle_unknown:
      return "oracle_unknown";
    case errc::infeasible:
      return "infeasible";
    case errc::would_worsen:
      return "would_worsen";
    case errc::already_there:
      return "already_there";
    case errc::dust:
      return "dust";
    case errc::cost_exceeds_limit:
      return "cost_exceeds_limit";
    case errc::cost_exceeds_benefit:
      return "cost_exceeds_benefit";
    case errc::gas_ceiling:
      return "gas_ceiling";
    case errc::gas_tank:
      return "gas_tank";
    case errc::no_convergence:
      return "no_convergence";
    case errc::not_liquidatable:
      return "not_liquidatable";
    case errc::inside_band:
      return "inside_band";
    case errc::cooldown:
      return "cooldown";
    case errc::pending:
      return "pending";
    case errc::not_yet:
      return "not_yet";
    case errc::unconfirmed:
      return "unconfirmed";
    case errc::pace:
      return "pace";
    case errc::slippage:
      return "slippage";
    case errc::insufficient_balance:
      return "insufficient_balance";
    case errc::unpaid_flash_loan:
      return "unpaid_flash_loan";
    case errc::unhealthy_step:
      return "unhealthy_step";
    case errc::reserve_closed:
      return "reserve_closed";
    case errc::expired:
      return "expired";
    case errc::corrupted:
      return "corrupted";
  }
  return "unknown";
}

}  // namespace trimtab
