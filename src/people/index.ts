/** People: whom a buyer stands for, who read it, and how a person is erased. */
export { PeopleResolver } from './people.resolver.js';
export { type Contact, readContact } from './read-contact.js';
