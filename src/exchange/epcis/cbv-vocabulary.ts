/** The words of the Core Business Vocabulary 2.0, as GS1's JSON schema lists them. */
import type { Vocabulary } from './cbv-words.js';

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Vocabularies whose bare words are closed lists; anything else must be a URI. */
export const standardWords: Readonly<Record<Vocabulary, ReadonlySet<string>>> = {
  BizStep:
    words(`accepting arriving assembling collecting commissioning consigning creating_class_instance cycle_counting
    decommissioning departing destroying disassembling dispensing encoding entering_exiting holding inspecting installing
    killing loading other packing picking receiving removing repackaging repairing replacing reserving retail_selling
    sampling sensor_reporting shipping staging_outbound stock_taking stocking storing transporting unloading unpacking
    void_shipping`),
  Disp: words(`active available completeness_inferred completeness_verified conformant container_closed container_open
    damaged destroyed dispensed disposed encoded expired in_progress in_transit inactive mismatch_class mismatch_instance
    mismatch_quantity needs_replacement no_pedigree_match non_conformant non_sellable_other partially_dispensed recalled
    reserved retail_sold returned sellable_accessible sellable_not_accessible stolen unavailable unknown`),
  BTT: words('bol cert desadv inv pedigree po poc prodorder recadv rma testprd testres upevt'),
  SDT: words('owning_party possessing_party location'),
  ER: words('did_not_occur incorrect_data'),
  Comp: words(`x y z axial_distance azimuth height spherical_radius polar_angle elevation_angle easting northing latitude
    longitude altitude`),
};

export const vocabularyNames: Readonly<Record<Vocabulary, string>> = {
  BizStep: 'business step',
  Disp: 'disposition',
  BTT: 'business transaction type',
  SDT: 'source or destination type',
  ER: 'error reason',
  Comp: 'component',
};
