#pragma once

#include <filesystem>

#include "tests/model/plan.hpp"

namespace gatehouse::sync::model {

/// Takes a copy of a ledger, as a person does who does not stop the box.
void copy_ledger(const std::filesystem::path& ledger_file, const std::filesystem::path& to_folder);

/// Does to a ledger that nobody has open what the accident says. `copies`: where copy_ledger() has
/// put one; where it has not, the ledger is deleted instead.
void exchange_ledger(const std::filesystem::path& ledger_file, Accident accident,
                     const std::filesystem::path& copies);

/// Copies all that a box knows, its ledger and its witness, to where another box has its own;
/// nobody needs to have stopped.
void copy_state(const std::filesystem::path& ledger_file, const std::filesystem::path& to_file);

/// Makes a copied ledger, that nobody has open, one that nothing tells from its original: that of a
/// clone of the whole disk, in which the file is the same one.
void pass_for_original(const std::filesystem::path& ledger_file);

}  // namespace gatehouse::sync::model
