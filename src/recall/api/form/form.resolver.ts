/** A form of an authority, filled from what is on record of a recall. */
import { Arg, Ctx, Field, FieldResolver, ObjectType, Resolver, Root } from 'type-graphql';
import { DateTime, engine, type RequestContext, requirePrincipal } from '../../../graphql/index.js';
import { type RecallForm, recallForms } from '../campaign/details.types.js';
import { readsCampaign } from '../campaign/opener.js';
import { Recall } from '../campaign/recall.types.js';
import { fillForm } from './fill-form.js';

@ObjectType({ description: 'One field of a form.' })
export class FormField {
  @Field(() => String, { description: 'Its name, unique in the form.' })
  name!: string;

  @Field(() => String, { description: 'Its label, in the language of the form.' })
  label!: string;

  @Field(() => String, { nullable: true, description: 'Its value; null: not on record.' })
  value!: string | null;
}

@Resolver(() => Recall)
export class RecallFormResolver {
  @FieldResolver(() => [FormField], {
    nullable: true,
    description:
      'The fields of a form in its order, filled from what is on record; null for all but its opener and authorities.',
  })
  async form(
    @Arg('form', () => recallForms, { description: 'The form.' }) form: RecallForm,
    @Arg('from', () => DateTime, { nullable: true, description: 'Of a stage report: from then.' })
    from: Date | null,
    @Arg('to', () => DateTime, { nullable: true, description: 'Of a stage report: up to then.' })
    to: Date | null,
    @Root() recall: Recall,
    @Ctx() context: RequestContext,
  ): Promise<FormField[] | null> {
    if (!readsCampaign(recall, requirePrincipal(context))) return null;
    return context.snapshot.read(engine, (client) =>
      fillForm(client, recall, { form, from: from ?? null, to: to ?? null }),
    );
  }
}
